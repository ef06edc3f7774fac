// Files with nothing to analyse: a calm reason, no notification, and no harm to anything else.
import assert from 'node:assert/strict';
import { closeEverything, monosem, openText, ready, replace, settled } from './monosem.ts';

describe('a file that cannot be analysed', () => {
  afterEach(closeEverything);

  const files = [
    { name: 'an empty one', content: '', code: 'emptyText' },
    { name: 'a binary one', content: 'PK\u0003\u0004\0\0\0\u0008', code: 'notText' },
  ];
  for (const { name, content, code } of files) {
    it(`${name} is skipped with a reason`, async () => {
      const api = await monosem();
      const { document } = await openText(content);
      const state = await settled(document.uri);
      assert.equal(state.kind, 'skipped');
      assert.ok('reason' in state);
      assert.equal(state.reason.code, code);
      assert.match(state.reason.message, /^[A-Z].*\.$/);
      assert.deepEqual(api.tokensOf(document.uri), []);
      assert.deepEqual(api.paintedIn(document.uri), []);
    });
  }

  it('is analysed as soon as something is typed', async () => {
    const api = await monosem();
    const editor = await openText('');
    await settled(editor.document.uri);
    await replace(editor, [0, 0], 'The dog ran.');
    await ready(editor.document.uri);
    assert.ok(api.tokensOf(editor.document.uri).length >= 3);
  });
});
