// The list of tokens as plain entries: lines, tokens, features, and what a screen reader says.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerptAround, excerptOf } from '../../../src/host/display/tokens/excerpt.ts';
import { findTokenNode, partsOf } from '../../../src/host/display/tokens/tokenTree.ts';
import { rootNode } from '../../../src/host/display/tokens/treeNode.ts';
import type { TreeNode } from '../../../src/host/display/tokens/treeNode.ts';
import { commands } from '../../../src/shared/contributions.ts';
import { tokenId } from '../../../src/shared/units.ts';
import { TokenTable } from '../../../src/host/documents/tokenTable.ts';
import { batchOf, readingIn } from '../host/batches.ts';
import { details, facts } from './hoverFacts.ts';
import { at, childrenOf, everyNode, linesOf, similarTo, top, treeOf, uri } from './treeOfText.ts';

const text = 'Once upon a time\n\nthere was a girl\n';
const labels = (nodes: readonly TreeNode[]): readonly string[] => nodes.map(({ label }) => label);

describe('lines and tokens', () => {
  test('lines that have tokens, with their text; below them their tokens', async () => {
    const nodes = top(treeOf(text));
    expect(nodes.map(({ label, description }) => [label, description])).toEqual([
      ['1', 'Once upon a time'],
      ['2', ''],
      ['3', 'there was a girl'],
    ]);
    expect(labels(await childrenOf(nodes[0]))).toEqual(['Once', '·upon', '·a', '·time', '⏎']);
    expect(labels(await childrenOf(nodes[1]))).toEqual(['⏎']);
  });

  test('a token names its strongest feature and its loss, and choosing it selects it', async () => {
    const tokens = new TokenTable();
    const batch = batchOf(0, [[0, 4, 57, 3]]);
    tokens.insert({ ...batch, losses: Float32Array.of(1.5) }, 1);
    const node = await at(top(treeOf('girl', { tokens })), '1', 'girl');
    expect(node.description).toBe('#57 dragon, dragons 3.00 · 1.50 nats');
    expect(node.command).toEqual({ name: 'goToToken', args: [0, 4, uri] });
    expect(node).toMatchObject({ kind: 'token', offset: 0, uri });
    expect(node.spoken).toBe('Token girl, 1 feature; feature 57, dragon, dragons; loss 1.50 nats');
  });

  test('tokens of one character are told apart by what the vocabulary says', async () => {
    const tokens = new TokenTable();
    tokens.insert(
      batchOf(0, [
        [0, 2, 1, 1],
        [0, 2, 1, 1],
        [2, 3, 1, 1],
      ]),
      1,
    );
    const tokenText = (id: number): string => `\\xF${id - 100}`;
    const [line] = top(treeOf('😀!', { tokens, facts: { ...facts, tokenText } }));
    expect(labels(await childrenOf(line))).toEqual(['\\xF0', '\\xF1', '!']);
  });

  test('ids stay the same when the list is made anew, and no two entries have the same', async () => {
    const [before, after] = await Promise.all([
      everyNode(top(treeOf(text))),
      everyNode(top(treeOf(text))),
    ]);
    const ids = before.map(({ id }) => id);
    expect(after.map(({ id }) => id)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(50);
  });

  test('an edit in one line leaves the ids of other lines as they were', async () => {
    const [before, after] = await Promise.all(
      [text, text.replace('upon', 'in')].map((each) => everyNode(top(treeOf(each)))),
    );
    const third = (nodes: readonly TreeNode[] = []): readonly string[] =>
      nodes.map(({ id }) => id).filter((id) => id.includes('line:2'));
    expect(third(after)).toEqual(third(before));
  });

  test('every entry knows what it is below of, and can be spoken', async () => {
    const tree = treeOf(text, {
      inspected: {
        details: () => Promise.resolve(details),
        similar: () => Promise.resolve(similarTo([0, 4, 0.5])),
        bos: bosReading,
      },
    });
    const nodes = top(tree);
    for (const node of await everyNode(nodes)) {
      expect(node.spoken.trim()).not.toBe('');
      const below = (await childrenOf(node)).map(({ parent }) => parent);
      for (const parent of below) expect(parent?.id).toBe(node.id);
    }
    expect(nodes.map(({ parent }) => parent?.kind)).toEqual(['root', 'root', 'root', 'root']);
  });
});

describe('long texts', () => {
  test('no list is longer than 200 entries, and every token is found in its place', async () => {
    const long = Array.from({ length: 450 }, (_, line) => `line ${line}`).join('\n');
    const wide = `${long}\n${'word '.repeat(500).trim()}`;
    const tree = treeOf(wide);
    const nodes = top(tree);
    expect(labels(nodes)).toEqual(['Lines 1–200', 'Lines 201–400', 'Lines 401–451']);
    expect(nodes[1]?.description).toBe('600 tokens');
    const root = rootNode(uri);
    const tokens = tree.tokens.between(0, wide.length);
    for (const token of tokens.filter(({ index }) => index % 23 === 0)) {
      const node = findTokenNode(tree, root, token);
      expect(node).toMatchObject({ kind: 'token', offset: token.start });
    }
    const lastLine = await at(nodes, 'Lines 401–451', '451');
    const groups = await childrenOf(lastLine);
    expect(labels(groups)).toEqual(['Tokens 1–200', 'Tokens 201–400', 'Tokens 401–500']);
    expect(await childrenOf(groups[0])).toHaveLength(200);
    expect(lastLine.tokens?.()).toEqual([]);
    expect(groups[0]?.tokens?.()).toHaveLength(200);
  });

  test('lines that were not analysed are left out', () => {
    const tokens = new TokenTable();
    const long = 'a\n'.repeat(1000);
    tokens.insert(batchOf(0, [[900, 901, 1, 1]]), 1);
    expect(labels(top(treeOf(long, { tokens })))).toEqual(['Lines 401–600']);
  });

  test('the parts of a list are few, equal, and together the list', () => {
    fc.assert(
      fc.property(fc.nat(50_000), fc.nat(3_000_000), (first, length) => {
        const span = { first, last: first + length };
        const parts = partsOf(span);
        if (length <= 200) expect(parts).toEqual([]);
        else {
          expect(parts.length).toBeLessThanOrEqual(200);
          expect(parts.length).toBeGreaterThan(1);
          expect(parts[0]?.first).toBe(span.first);
          expect(parts.at(-1)?.last).toBe(span.last);
          for (const [n, part] of parts.entries()) {
            expect(part.last).toBe(parts[n + 1]?.first ?? span.last);
          }
        }
      }),
    );
  });

  test('excerpts are one line of bounded length, and cut no character in two', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\t', '😀', 'é'), maxLength: 300 }),
        (string) => {
          const excerpt = excerptOf(linesOf(string), 0, string.length);
          expect(excerpt.length).toBeLessThanOrEqual(161);
          expect(excerpt).not.toMatch(/[\r\n\t]/);
          expect(excerpt).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
        },
      ),
    );
    const lines = linesOf(
      'the quick brown fox jumps over the lazy dog and runs away into the woods at night',
    );
    expect(excerptAround(lines, 40, 43)).toBe(
      '…brown fox jumps over the lazy dog and runs away into the woods…',
    );
    expect(excerptAround(lines, 0, 3)).toBe('the quick brown fox jumps over the…');
  });

  test('a token the text no longer has is found nowhere', () => {
    const tree = treeOf(text);
    const [token] = tree.tokens.between(5, 9);
    if (token === undefined) throw new Error('no token');
    expect(findTokenNode(treeOf('other'), rootNode(uri), token)).toBeUndefined();
  });
});

describe('features of a token', () => {
  const entry = async (others = {}): Promise<readonly TreeNode[]> =>
    childrenOf(await at(top(treeOf(text, { facts: { ...facts, ...others } })), '3', '·girl'));

  test('each with its label, activation, share and density, for menus and for a screen reader', async () => {
    const [first, second] = await entry();
    expect(first).toMatchObject({
      label: `#${'g'.charCodeAt(0)}`,
      description: 'dragon, dragons · 2.00 · 67% · density 1.2%',
      spoken: 'Feature 103, dragon, dragons: activation 2.00, 67% of the token',
      kind: 'feature',
      sae: '/s',
      feature: 103,
      offset: 29,
      uri,
      command: { name: 'openFeature', args: [103, '/s'] },
    });
    expect(first?.tooltip).toContain('67% of the summed activation of the 2 strongest features');
    expect(second?.label).toBe('#9');
  });

  test('a pinned one is called so, and nothing is said of what is not known', async () => {
    const [first] = await entry({ isPinned: () => true, brief: () => undefined });
    expect(first).toMatchObject({
      kind: 'pinnedFeature',
      description: '2.00 · 67%',
      spoken: 'Feature 103: activation 2.00, 67% of the token',
    });
  });

  test('those of several SAEs say whose they are', async () => {
    const labelled = new Map([
      ['/s', 'blocks.1\n'],
      ['/t', 'blocks.2'],
    ]);
    const [first] = await entry({ labels: labelled });
    expect(first?.description).toBe('dragon, dragons · 2.00 · 67% · density 1.2% · blocks.1');
  });

  test('what the filters leave out is one entry that leads to the settings', async () => {
    const nodes = await entry({ shows: ({ feature }: { feature: number }) => feature === 9 });
    expect(labels(nodes).slice(0, 2)).toEqual(['#9', '1 feature is left out by your filters']);
    expect(nodes[1]?.command).toEqual({ name: 'openSettings', args: ['features'] });
    const [only] = await entry({ showsOn: () => false });
    expect(only?.label).toBe('2 features are left out by your filters');
  });

  test('a token without features says so', async () => {
    const tokens = new TokenTable();
    tokens.insert(batchOf(0, [[0, 4, 57, 0]]), 1);
    const node = await at(top(treeOf('girl', { tokens })), '1', 'girl');
    expect(labels(await childrenOf(node))[0]).toBe('No feature is active on this token.');
    expect(node.spoken).toBe('Token girl, no features');
  });
});

const bosReading = { id: tokenId(1), text: '<s>', readings: [readingIn([[0, 0, 7, 90]])] };

describe('the token in front of the text', () => {
  test('is the first entry where the model puts one there', async () => {
    const [bos] = top(treeOf(text, { inspected: { bos: bosReading } }));
    expect(bos).toMatchObject({
      label: '⟨BOS⟩',
      description: '<s> · put in front by the model',
      spoken: 'Beginning of text, <s>, put in front by the model',
    });
    const [feature] = await childrenOf(bos);
    // Nothing can be taken out of it: menus know it by another name.
    expect(feature).toMatchObject({ label: '#7', sae: '/s', feature: 7, kind: 'frontFeature' });
    expect(feature?.offset).toBeUndefined();
    for (const unknown of [undefined, null]) {
      expect(labels(top(treeOf(text, { inspected: { bos: unknown } })))).not.toContain('⟨BOS⟩');
    }
  });

  test('says that its features are hidden, and by which setting', async () => {
    const hiding = { ...facts, showsOn: (id: number) => id !== 1 };
    const [bos] = top(treeOf(text, { facts: hiding, inspected: { bos: bosReading } }));
    expect(bos?.description).toBe('<s> · put in front by the model · features hidden');
    const [message, ...others] = await childrenOf(bos);
    expect(others).toEqual([]);
    expect(message?.command).toEqual({ name: 'openSettings', args: ['features.ignoreBos'] });
  });
});

test('entries run commands that exist', async () => {
  const tree = treeOf(text, { inspected: { bos: bosReading } });
  const used = (await everyNode(top(tree))).flatMap(({ command }) => command?.name ?? []);
  expect(new Set(used).size).toBeGreaterThan(1);
  for (const name of used) expect(Object.keys(commands)).toContain(name);
});
