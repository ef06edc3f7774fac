// Typing at the speed of a fast typist, also while the engine dies: every letter arrives at once and in order, and in the
// end there is what a fresh analysis finds.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { closeEverything, eventually, monosem, openText, ready, replace } from './monosem.ts';

const story =
  'Once upon a time, there was a little girl named Lily. She loved her red ball very much.\n';
const typed = (
  'One day, she went to the park with her mom and saw a big dog. The dog was sad because it had lost ' +
  'its bone. Lily gave the dog her ball, and they played together until the sun went down. The end!! '
).slice(0, 200);
/** Takes a while to be analysed, and is in no other text, so that no result of it is kept from before. */
const passage = Array.from(
  { length: 90 },
  (_, n) =>
    `The ${n}th typist of the town counted ${(n * 37) % 101} keys, lost ${(n * 53) % 89} of them and laughed.\n`,
).join('');
/** 30 letters per second. */
const pauseMs = 1000 / 30;

/** Types at the end of the document, one letter per edit. */
async function type(editor: vscode.TextEditor, letters: string): Promise<void> {
  const { document } = editor;
  const before = document.getText();
  for (const [count, letter] of Array.from(letters).entries()) {
    const end = document.positionAt(document.getText().length);
    assert.ok(await editor.edit((edit) => edit.insert(end, letter)), 'a letter was refused');
    assert.equal(document.getText(), before + letters.slice(0, count + 1), 'a letter came late');
    await sleep(pauseMs);
  }
}

/** What is known and painted in a document is what a fresh analysis of the same text gives. */
async function isAsFresh({ document }: vscode.TextEditor): Promise<void> {
  const api = await monosem();
  await ready(document.uri);
  const tokens = api.tokensOf(document.uri);
  const painted = (uri: vscode.Uri): string =>
    api
      .paintedIn(uri)
      .map(({ range, feature, level }) => {
        const { start, end } = range;
        return `${start.line}:${start.character}-${end.line}:${end.character} ${feature} ${level}`;
      })
      .join('\n');
  const fresh = await openText(document.getText());
  await ready(fresh.document.uri);
  const expected = api.tokensOf(fresh.document.uri);
  const place = ({ id, start, end }: (typeof tokens)[number]): string => `${id}@${start}-${end}`;
  assert.deepEqual(tokens.map(place), expected.map(place));
  for (const [index, { features }] of tokens.entries()) {
    for (const [slot, { activation }] of features.entries()) {
      const other = expected[index]?.features[slot]?.activation ?? 0;
      // Other kernels for few rows than for many.
      assert.ok(Math.abs(activation - other) < 1e-3, `token ${index}, slot ${slot}`);
    }
  }
  await eventually('colours of a fresh analysis', () => painted(fresh.document.uri) !== '');
  const wanted = painted(fresh.document.uri);
  await vscode.window.showTextDocument(document);
  await eventually('the same colours', () => painted(document.uri) === wanted);
}

describe('fast typing', () => {
  afterEach(closeEverything);

  it('delays no letter, and ends in the tokens and colours of a fresh analysis', async () => {
    const editor = await openText(story);
    await ready(editor.document.uri);
    await type(editor, typed);
    await isAsFresh(editor);
  });

  it('goes on when the engine is killed in the middle of an analysis, and ends the same', async () => {
    const api = await monosem();
    const editor = await openText(story);
    const { uri } = editor.document;
    await ready(uri);
    await type(editor, typed.slice(0, 60));
    await replace(editor, [0, 0], passage);
    const killed = await eventually('an analysis that is under way', () => {
      const state = api.stateOf(uri);
      const isInTheMiddle = state?.kind === 'analysing' && state.done < 0.5;
      const engine = isInTheMiddle ? api.enginePid() : undefined;
      if (engine !== undefined) process.kill(engine, 'SIGKILL');
      return engine;
    });
    await type(editor, typed.slice(60));
    await isAsFresh(editor);
    assert.notEqual(api.enginePid(), killed);
  });
});
