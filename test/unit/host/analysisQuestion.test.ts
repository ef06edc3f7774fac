import { expect, test } from 'vitest';
import { asksMore, questionOf } from '../../../src/host/documents/analysisQuestion.ts';
import type { AnalysisQuestion } from '../../../src/host/documents/analysisQuestion.ts';
import type { View } from '../../../src/host/view/view.ts';
import { featureIndex } from '../../../src/shared/units.ts';

const ref = (feature: number, sae = '/s') => ({ sae, feature: featureIndex(feature) });
const settings = { topK: 5, maxFileKB: 256, predictions: false };
const pinned = [
  { ...ref(3), slot: 0 },
  { ...ref(3, '/t'), slot: 1 },
];
const asked = (view: View, pins = pinned): AnalysisQuestion => questionOf(view, settings, pins);

test('a view asks for what it shows', () => {
  expect(asked({ kind: 'top' })).toEqual({
    ...{ topK: 5, maxFileKB: 256, predictions: 0 },
    followed: [],
  });
  expect(asked({ kind: 'surprise' }).predictions).toBe(5);
  expect(questionOf({ kind: 'top' }, { ...settings, predictions: true }, []).predictions).toBe(5);
  expect(asked({ kind: 'feature', feature: ref(9) })).toMatchObject({
    ...{ topK: 32, predictions: 0 },
    followed: [ref(9)],
  });
  // Which colour a pinned feature has is of no interest to the engine.
  expect(asked({ kind: 'pinned' }).followed).toEqual([ref(3), ref(3, '/t')]);
});

test('documents are asked again where a view needs more than another one', () => {
  const one = (feature: number, sae?: string): AnalysisQuestion =>
    asked({ kind: 'feature', feature: ref(feature, sae) });
  const [top, pins] = [asked({ kind: 'top' }), asked({ kind: 'pinned' })];
  expect(asksMore(top, top)).toBe(false);
  expect(asksMore(asked({ kind: 'boundaries' }), top)).toBe(false);
  expect(asksMore(asked({ kind: 'surprise' }), top)).toBe(true);
  expect(asksMore(one(9), top)).toBe(true);
  expect(asksMore(top, one(9))).toBe(false);
  expect(asksMore(one(9), one(8))).toBe(true);
  expect(asksMore(one(3), pins)).toBe(false);
  expect(asksMore(one(3, '/u'), pins)).toBe(true);
  expect(asksMore(asked({ kind: 'pinned' }, pinned.slice(1)), pins)).toBe(false);
  expect(asksMore(pins, asked({ kind: 'pinned' }, pinned.slice(1)))).toBe(true);
});
