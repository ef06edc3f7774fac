// The engine is killed in the middle of its work: it comes back by itself and the work is done.
import assert from 'node:assert/strict';
import process from 'node:process';
import * as vscode from 'vscode';
import { closeEverything, eventually, monosem, openText, ready } from './monosem.ts';

const long = 'Lily and Ben went to the park. They saw a big dog and a small bird. '.repeat(120);

describe('an engine that dies', () => {
  afterEach(closeEverything);

  it('during an analysis is started again, and the analysis is finished', async () => {
    const api = await monosem();
    const { document } = await openText(long);
    const killed = await eventually('an analysis under way', () =>
      api.stateOf(document.uri)?.kind === 'analysing' ? api.enginePid() : undefined,
    );
    process.kill(killed, 'SIGKILL');
    await ready(document.uri);
    const tokens = api.tokensOf(document.uri);
    assert.equal(tokens.at(-1)?.end, document.getText().length);
    assert.notEqual(api.enginePid(), killed);
    assert.equal(new Set(tokens.map(({ start }) => start)).size, tokens.length);
  });

  it('while idle is started again by the next question', async () => {
    const api = await monosem();
    await ready((await openText('The first story.')).document.uri);
    const killed = api.enginePid();
    assert.ok(killed);
    process.kill(killed, 'SIGKILL');
    await ready((await openText('The second story.')).document.uri);
    assert.notEqual(api.enginePid(), killed);
  });

  it('can be restarted by command', async () => {
    const api = await monosem();
    const { document } = await openText('A story.');
    await ready(document.uri);
    const before = api.enginePid();
    await vscode.commands.executeCommand('monosem.restartEngine');
    await ready(document.uri);
    assert.notEqual(api.enginePid(), before);
    assert.ok(api.tokensOf(document.uri).length > 0);
  });
});
