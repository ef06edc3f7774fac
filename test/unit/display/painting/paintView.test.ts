import { expect, test } from 'vitest';
import { decorationStyle } from '../../../../src/host/display/painting/decorationStyle.ts';
import { allPaints, paints } from '../../../../src/host/display/painting/paint.ts';
import {
  featuresToKnow,
  followedFeatures,
  paintView,
  paintsWholeText,
} from '../../../../src/host/display/painting/paintView.ts';
import type { PaintFacts } from '../../../../src/host/display/painting/facts.ts';
import { occurrencesOf } from '../../../../src/host/display/painting/occurrences.ts';
import type { FeatureRef } from '../../../../src/shared/engineProtocol.ts';
import type { View } from '../../../../src/host/view/view.ts';
import { themeColours } from '../../../../src/shared/themeColours.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import { oneSae, readingIn } from '../../host/batches.ts';
import { factsOf, rowsOf, words } from './paintings.ts';

const neurons = 'neurons:blocks.1.mlp.hook_post';
const rows = rowsOf([[0, 4, 7, 2, 8, 1]], 2, [
  readingIn([[0, 4, 3, 5]], 1, '/t'),
  readingIn([[0, 4, 4, 0.5]], 1, neurons),
]);
const pinned = [{ sae: '/t', feature: featureIndex(3), slot: 2 }];
const facts = factsOf('Once', {
  saes: [oneSae, '/t'],
  pinned,
  maximum: (sae) => (sae === oneSae ? 4 : 5),
});
const follow = {
  kind: 'feature',
  feature: { sae: oneSae, feature: featureIndex(8) },
} satisfies View;

test('every view paints its own', () => {
  const paint = (view: View, shown = oneSae): readonly string[] =>
    words(paintView(view, rows, { ...facts, shown }));
  expect(paint({ kind: 'off' })).toEqual([]);
  expect(paint({ kind: 'top' })).toEqual(['0-4:7@2']);
  expect(paint({ kind: 'merged' })).toEqual(['0-4:3@3']);
  expect(paint(follow)).toEqual(['0-4:8@1']);
  expect(paint({ kind: 'pinned' })).toEqual(['0-4:3@3']);
  expect(paint({ kind: 'surprise' })).toEqual([]);
  expect(paint({ kind: 'neurons', block: 1 }, neurons)).toEqual(['0-4:4@0']);
  expect(paint({ kind: 'boundaries' })).toEqual(['0-4:boundary@0']);
  expect(words(paintView({ kind: 'top' }, rows, { ...facts, shown: undefined }))).toEqual([]);
});

test('what is there only because it is followed is painted where it is followed, and nowhere else', () => {
  const strong = { sae: oneSae, feature: featureIndex(7) };
  // Two of them are kept; the third comes nearest to its own maximum.
  const weak = rowsOf([[0, 4, 7, 3, 6, 2, 8, 1]], 2);
  const maximum = (_: string, feature: number): number => (feature === 8 ? 1 : 100);
  const paint = (view: View, more: Partial<PaintFacts> = {}): readonly string[] =>
    words(paintView(view, weak, { ...facts, saes: [oneSae], maximum, ...more }));
  expect(paint(follow)).toEqual(['0-4:8@3']);
  expect(paint({ kind: 'pinned' }, { pinned: [{ ...follow.feature, slot: 0 }] })).toEqual([
    '0-4:8@3',
  ]);
  expect(paint({ kind: 'merged' })).toEqual(['0-4:7@0']);
  expect(paint({ kind: 'top' })).toEqual(['0-4:7@0']);
  const shows = ({ feature }: FeatureRef): boolean => feature === 8;
  expect(paint({ kind: 'top' }, { shows })).toEqual([]);
  expect(occurrencesOf(weak, [follow.feature], facts)).toEqual([{ start: 0, end: 4 }]);
  expect(occurrencesOf(weak, [strong], facts)).toEqual([{ start: 0, end: 4 }]);
});

test('single features are painted all over the text', () => {
  const whole = [follow, { kind: 'pinned' } as const, { kind: 'top' } as const].map(
    paintsWholeText,
  );
  expect(whole).toEqual([true, true, false]);
  expect(followedFeatures(follow, pinned)).toEqual([follow.feature]);
  expect(followedFeatures({ kind: 'pinned' }, pinned)).toEqual(pinned);
  expect(followedFeatures({ kind: 'top' }, pinned)).toEqual([]);
});

test('what is asked about is what may be painted', () => {
  const asked = (view: View): unknown =>
    Object.fromEntries(
      [...featuresToKnow(view, rows, facts)].map(([sae, features]) => [sae, [...features]]),
    );
  expect(asked({ kind: 'top' })).toEqual({ '/s': [7, 8] });
  expect(asked({ kind: 'merged' })).toEqual({ '/s': [7, 8], '/t': [3] });
  expect(asked(follow)).toEqual({ '/s': [8] });
  expect(asked({ kind: 'pinned' })).toEqual({ '/t': [3] });
  expect(asked({ kind: 'surprise' })).toEqual({});
  expect(asked({ kind: 'boundaries' })).toEqual({});
});

test('there is a bounded number of paints, each with a contributed colour and a look of its own', () => {
  expect(allPaints).toHaveLength(2 * 4 * (12 + 8) + 1 + 4 + 4 + 2 * 4 + 2);
  const ids = new Set(themeColours.map(({ id }) => id));
  for (const { colour, onRuler } of allPaints) {
    expect(ids).toContain(colour);
    if (onRuler !== undefined) expect(ids).toContain(onRuler);
  }
  for (const isHighContrast of [false, true]) {
    const looks = allPaints.map((paint) => JSON.stringify(decorationStyle(paint, isHighContrast)));
    expect(new Set(looks).size).toBe(allPaints.length);
  }
  expect(paints.feature('standard', 3, 2)).toBe(paints.feature('standard', 15, 2));
});

test('in high contrast lines take the place of backgrounds', () => {
  for (const paint of allPaints) {
    expect(decorationStyle(paint, true).background).toBeUndefined();
    expect(decorationStyle(paint, true).border?.colour).toBe(paint.colour);
  }
  expect(decorationStyle(paints.heat(2), false)).toEqual({
    background: 'monosem.heat.level3',
    radius: '2px',
    onRuler: 'monosem.heat.overviewRuler',
  });
});
