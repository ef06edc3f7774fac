import { expect, test } from 'vitest';
import { comparisonNodes } from '../../../src/host/display/comparison/comparisonNodes.ts';
import type {
  ComparisonFacts,
  ComparisonNode,
} from '../../../src/host/display/comparison/comparisonNodes.ts';
import { comparisonSummary } from '../../../src/host/display/comparison/comparisonText.ts';
import type { FeatureBrief } from '../../../src/shared/engineProtocol.ts';
import type { TextComparison } from '../../../src/shared/readingProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { changedTokens, comparisonOf, featureChange } from './comparisons.ts';

const briefOf = (feature: number): FeatureBrief => ({
  feature: featureIndex(feature),
  density: 0.1,
  maxActivation: 9,
  peakTokens: [' girl', '\nprincess\u202e'],
});

const facts: ComparisonFacts = {
  brief: (_, feature) => (feature === 7 ? briefOf(7) : undefined),
  shows: () => true,
  labels: new Map([
    ['/s', 'blocks.2'],
    ['/t', 'blocks.4\n'],
  ]),
  limit: 3,
};

/** Two tokens changed: one has another feature, one lost its only one. */
const changed = changedTokens('/s', [
  [0, 4, 4, 1, 2.5, 7, 4],
  [9, 13, 3, 3, 1, 0, 0],
]);
const one = comparisonOf({
  gained: [featureChange('/s', 7, [0, 0, 12.345, 5]), featureChange('/s', 9, [1, 1, 1.5, 1])],
  lost: [featureChange('/s', 3, [4, 2, 0, 0])],
  changed: [changed],
});

function nodes(
  comparison: TextComparison,
  other: Partial<ComparisonFacts> = {},
): readonly ComparisonNode[] {
  const texts = { left: 'The girl ran.', right: 'Now The girl ran.' };
  return comparisonNodes({ comparison, texts }, { ...facts, ...other });
}

function outline(listed: readonly ComparisonNode[]): readonly unknown[] {
  return listed.map((node) =>
    node.kind === 'change' ? node.label : [node.label, ...outline(node.children)],
  );
}

function allIds(listed: readonly ComparisonNode[]): readonly string[] {
  return listed.flatMap((node) => [
    node.id,
    ...(node.kind === 'change' ? [] : allIds(node.children)),
  ]);
}

test('of one SAE the three kinds of change are on top, with their numbers', () => {
  expect(outline(nodes(one))).toEqual([
    ['Features gained (2)', '#7 girl, princess�', '#9'],
    ['Features lost (1)', '#3'],
    ['Tokens whose strongest feature changed (2)', 'The·', 'ran'],
  ]);
});

test('of several SAEs each has its own', () => {
  const two = comparisonOf({
    gained: [featureChange('/s', 7, [0, 0, 1, 1]), featureChange('/t', 7, [0, 0, 2, 1])],
    changed: [changed, changedTokens('/t', [])],
  });
  const listed = nodes(two);
  expect(outline(listed)).toEqual([
    [
      'blocks.2',
      ['Features gained (1)', '#7 girl, princess�'],
      ['Features lost (0)'],
      expect.anything(),
    ],
    [
      'blocks.4',
      ['Features gained (1)', '#7 girl, princess�'],
      ['Features lost (0)'],
      ['Tokens whose strongest feature changed (0)'],
    ],
  ]);
  const ids = allIds(listed);
  expect(new Set(ids).size).toBe(ids.length);
});

test('a feature says totals and tokens on either side, and where it is stronger', () => {
  const [gained, lost] = nodes(one).map((node) => (node.kind === 'change' ? [] : node.children));
  expect(gained?.[0]).toMatchObject({
    ...{ kind: 'change', sae: '/s', feature: 7, description: '0 → 12.3 on 0 → 5 tokens' },
    ...{ place: { side: 'right', start: 5, end: 10 } },
    tooltip: [
      'Feature #7 girl, princess�',
      'Sum of its activations: 0 → 12.3',
      'Tokens on which it is active: 0 → 5',
      'Peaks on “·girl” in the right text',
    ].join('\n'),
    spoken:
      'Feature 7, gained, girl, princess�, activation in sum from 0 to 12.3, on 0 tokens before, 5 after, strongest on ·girl in the right text',
  });
  expect(lost?.[0]).toMatchObject({ feature: 3, place: { side: 'left', start: 5, end: 10 } });
});

test('a token says which feature was the strongest and which one is', () => {
  const [, , tokens] = nodes(one);
  const [first, second] = tokens?.kind === 'changed' ? tokens.children : [];
  expect(first).toMatchObject({
    ...{ feature: 7, place: { side: 'right', start: 4, end: 8 }, description: '#1 → #7' },
    tooltip: 'The·\nLeft: #1 with 2.50\nRight: #7 girl, princess� with 4.00',
    spoken: 'Token The·, strongest feature from #1 with 2.50 to #7 girl, princess� with 4.00',
  });
  expect(second).toMatchObject({ feature: 3, description: '#3 → none' });
});

test('hidden features are left out, with the tokens that show one', () => {
  const shows = ({ feature }: { readonly feature: number }): boolean => feature !== 7;
  expect(outline(nodes(one, { shows }))).toEqual([
    ['Features gained (1)', '#9'],
    ['Features lost (1)', '#3'],
    ['Tokens whose strongest feature changed (1 of 2)', 'ran'],
  ]);
});

test('numbers do not claim what the engine was not asked for', () => {
  const many = { ...one, changedTokens: [17] };
  expect(outline(nodes(many, { limit: 2 })).map((node) => (node as string[])[0])).toEqual([
    'Features gained (largest 2)',
    'Features lost (1)',
    'Tokens whose strongest feature changed (2 of 17)',
  ]);
});

test('of many features those with the largest differences are listed', () => {
  const gained = Array.from({ length: 120 }, (_, n) => featureChange('/s', n, [0, 0, 200 - n, 1]));
  const [first] = nodes({ ...one, gained }, { limit: 200 });
  expect(first?.kind === 'gained' && [first.label, first.children.length]).toEqual([
    'Features gained (50 largest of 120)',
    50,
  ]);
  const [some] = nodes({ ...one, gained }, { limit: 120 });
  expect(some?.kind === 'gained' && some.label).toBe('Features gained (largest 50)');
});

test('ids stay the same when figures change', () => {
  const grown = { ...one, gained: [featureChange('/s', 7, [0, 0, 99, 6])] };
  expect(allIds(nodes(one))).toEqual(expect.arrayContaining([...allIds(nodes(grown))]));
});

test('one line says what the texts are beside each other', () => {
  expect(comparisonSummary(one)).toBe('10 → 12 tokens, 9 of them in both.');
});
