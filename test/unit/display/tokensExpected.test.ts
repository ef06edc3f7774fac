// What is computed of a token only when somebody asks, as entries of the list of tokens: what the model expected, tokens
// like it, and what it is without a feature.
import { describe, expect, test } from 'vitest';
import type { TreeNode } from '../../../src/host/display/tokens/treeNode.ts';
import { TokenTable } from '../../../src/host/documents/tokenTable.ts';
import type { TokenEffect } from '../../../src/host/tokens/tokenInspector.ts';
import type { TokenDetails } from '../../../src/shared/engineProtocol.ts';
import { charOffset, featureIndex, tokenId, tokenIndex } from '../../../src/shared/units.ts';
import { batchOf } from '../host/batches.ts';
import { details, firstDetails, here, likely } from './hoverFacts.ts';
import { at, childrenOf, similarTo, top, treeOf, uri } from './treeOfText.ts';

const text = 'Once upon a time\n\nthere was a girl\n';
const labels = (nodes: readonly TreeNode[]): readonly string[] => nodes.map(({ label }) => label);

describe('what the model expected', () => {
  const inText: TokenDetails = {
    ...details,
    token: tokenIndex(9),
    start: charOffset(29),
    id: tokenId(109),
    here: { ...here, actual: { id: tokenId(109), loss: Math.LN2, rank: 2 } },
    next: {
      top: likely([8, '.', 0.75], [9, '!', 0.125]),
      actual: { id: tokenId(9), loss: 2, rank: 2 },
    },
  };
  const path = ['3', '·girl'] as const;

  test('is computed when an entry is unfolded, and not before', async () => {
    let asked = 0;
    const tree = treeOf(text, {
      inspected: { details: () => Promise.resolve((asked++, inText)) },
    });
    const token = await at(top(tree), ...path);
    const parts = (await childrenOf(token)).filter(({ kind }) => /expectation|lens/.test(kind));
    expect(labels(parts)).toEqual(['Expected here', 'Logit lens', 'Expected next']);
    expect(parts.map(({ description }) => description)).toEqual(['', '', '']);
    expect(asked).toBe(0);
    expect(labels(await childrenOf(parts[0]))).toEqual(['·dragon', '·|`cat']);
    expect(asked).toBe(1);
  });

  test('is said on the entries once it is known', async () => {
    const tree = treeOf(text, { inspected: { detailsOf: () => inText } });
    const [expected, lens, next] = await Promise.all(
      ['Expected here', 'Logit lens', 'Expected next'].map((label) =>
        at(top(tree), ...path, label),
      ),
    );
    expect(expected?.description).toBe('rank 2 · 0.69 nats (1.00 bits), probability 50%');
    expect(lens?.description).toBe('first from layer 1 on');
    expect(next?.description).toBe('. 75%');
    const following = await childrenOf(next);
    expect(following.map(({ label, icon }) => [label, icon])).toEqual([
      ['.', 'blank'],
      ['!', 'check'],
    ]);
    expect(following[1]?.spoken).toBe('!, 13%, the token in the text');
  });

  test('layer by layer: what each would say, and the rank of the token that is there', async () => {
    const tree = treeOf(text, { inspected: { detailsOf: () => inText } });
    const layers = await childrenOf(await at(top(tree), ...path, 'Logit lens'));
    expect(layers.map(({ label, description }) => [label, description])).toEqual([
      ['Layer 0', '·|`cat 13% · rank 31'],
      ['Layer 1', '·dragon 50% · rank 1'],
    ]);
    expect(layers[0]?.spoken).toBe('Layer 0: |`cat, this token has rank 31');
    expect(layers[1]?.tooltip).toContain('the prediction of the model itself');
  });

  test('comes from the analysis where that has it, without asking again', async () => {
    const tokens = new TokenTable();
    const batch = batchOf(0, [[0, 4, 57, 3]]);
    const predictions = {
      topN: 2,
      predicted: Uint32Array.of(42, 100),
      probabilities: Float32Array.of(0.5, 0.25),
      ranks: Uint32Array.of(2),
    };
    tokens.insert({ ...batch, losses: Float32Array.of(Math.log(4)), predictions }, 1);
    const node = await at(top(treeOf('girl', { tokens })), '1', 'girl', 'Expected here');
    expect(node.description).toBe('rank 2 · 1.39 nats (2.00 bits), probability 25%');
    const listed = await childrenOf(node);
    expect(listed.map(({ label, icon }) => [label, icon])).toEqual([
      ['·dragon', 'blank'],
      ['id 100', 'check'],
    ]);
  });

  test('nothing, where nothing precedes the token or the model has no lens', async () => {
    const first = { ...firstDetails, token: tokenIndex(9), start: charOffset(29) };
    const whyNoLens = 'This model cannot be read layer by layer.';
    for (const [found, label, sentence] of [
      [first, 'Expected here', 'nothing precedes this token, so nothing was expected'],
      [first, 'Logit lens', 'nothing precedes this token, so nothing was expected'],
      [{ ...inText, whyNoLens }, 'Logit lens', whyNoLens],
    ] as const) {
      const tree = treeOf(text, { inspected: { details: () => Promise.resolve(found) } });
      const children = await childrenOf(await at(top(tree), ...path, label));
      expect(labels(children)).toEqual([sentence]);
    }
  });
});

describe('similar tokens', () => {
  test('with their lines and what is around them', async () => {
    const tree = treeOf(text, {
      inspected: { similar: () => Promise.resolve(similarTo([4, 9, 0.875], [18, 23, 0.5])) },
    });
    const found = await childrenOf(await at(top(tree), '3', '·girl', 'Similar tokens'));
    expect(found.map(({ label, description }) => [label, description])).toEqual([
      ['·upon', '0.88 · line 1 · Once upon a time there was a girl'],
      ['there', '0.50 · line 3 · Once upon a time there was a girl'],
    ]);
    expect(found[1]?.command).toEqual({ name: 'goToToken', args: [18, 23, uri] });
  });

  test('none', async () => {
    const tree = treeOf(text, { inspected: { similar: () => Promise.resolve(similarTo()) } });
    const found = await childrenOf(await at(top(tree), '3', '·girl', 'Similar tokens'));
    expect(labels(found)).toEqual(['No other token of this file shares a feature with this one.']);
  });
});

describe('a token without a feature', () => {
  const effect: TokenEffect = {
    sae: '/s',
    feature: featureIndex(57),
    token: tokenIndex(1),
    activation: 2,
    ids: Uint32Array.of(102, 103),
    starts: Uint32Array.of(9, 11),
    ends: Uint32Array.of(11, 16),
    baseline: Float32Array.of(1, 2),
    ablated: Float32Array.of(2.5, 1.75),
    next: {
      baseline: likely([5, ' a', 0.5], [6, ' the', 0.25]),
      ablated: likely([6, ' the', 0.5], [7, ' an', 0.125]),
      kl: 0.3,
    },
  };
  const without = async (found: TokenEffect): Promise<TreeNode> =>
    at(
      top(treeOf(text, { inspected: { effectsOf: ({ index }) => (index === 1 ? [found] : []) } })),
      '1',
      '·upon',
      'Without #57',
    );

  test('tells the divergence and the mean change of the losses behind it', async () => {
    const node = await without(effect);
    expect(node.description).toBe('next token: KL 0.30 nats · loss behind: +0.63 nats on average');
    expect(node.spoken).toBe(`Without feature 57: ${node.description ?? ''}`);
  });

  test('lists what is expected next with and without it', async () => {
    const [next] = await childrenOf(await without(effect));
    const shifts = await childrenOf(next);
    expect(shifts.map(({ label, description }) => [label, description])).toEqual([
      ['·a', '50% → …'],
      ['·the', '25% → 50%'],
      ['·an', '… → 13%'],
    ]);
  });

  test('lists the tokens behind it, with the change of their losses', async () => {
    const [, ...behind] = await childrenOf(await without(effect));
    expect(behind.map(({ label, description }) => [label, description])).toEqual([
      ['·a', '+1.50 nats ▲▲▲ · 1.00 → 2.50 nats'],
      ['·time', '−0.25 nats ▼▼ · 2.00 → 1.75 nats'],
    ]);
    expect(behind[0]?.spoken).toBe(
      'a: loss 1.00 nats, without the feature 2.50 nats, less expected',
    );
    expect(behind[1]?.command).toEqual({ name: 'goToToken', args: [11, 16, uri] });
  });

  test('says so where the feature is not active, or nothing is behind the token', async () => {
    const silent = await without({ ...effect, activation: 0 });
    expect(silent.description).toBe('not active on this token');
    expect(await childrenOf(silent)).toHaveLength(1);
    const last = await without({
      ...effect,
      ...{ ids: new Uint32Array(0), starts: new Uint32Array(0), ends: new Uint32Array(0) },
      ...{ baseline: new Float32Array(0), ablated: new Float32Array(0) },
    });
    expect(last.description).toBe('next token: KL 0.30 nats');
  });
});
