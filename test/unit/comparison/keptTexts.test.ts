import { expect, test } from 'vitest';
import { KeptTexts } from '../../../src/host/comparison/keptTexts.ts';

test('two texts are found under two paths that say what they are', () => {
  const texts = new KeptTexts();
  const first = texts.keep({ baseline: 'Once.', steered: 'Twice.' });
  const second = texts.keep({ baseline: 'Once.', steered: 'Thrice.' });
  expect(first).toEqual({
    baseline: '/Steering 1/Baseline.txt',
    steered: '/Steering 1/Steered.txt',
  });
  expect(new Set([...Object.values(first), ...Object.values(second)]).size).toBe(4);
  expect([first.baseline, first.steered].map((path) => texts.at(path))).toEqual([
    'Once.',
    'Twice.',
  ]);
  expect(texts.at(second.steered)).toBe('Thrice.');
});

test('the same two texts are not kept twice', () => {
  const texts = new KeptTexts();
  const first = texts.keep({ baseline: 'Once.', steered: 'Twice.' });
  expect(texts.keep({ baseline: 'Once.', steered: 'Twice.' })).toEqual(first);
});

test('the last ones are kept, and one that is gone says what to do', () => {
  const texts = new KeptTexts();
  const looked = { baseline: 'Once.', steered: 'again' };
  const [first, again] = [texts.keep({ baseline: 'Once.', steered: '' }), texts.keep(looked)];
  for (let n = 0; n < 31; n++) {
    texts.keep({ baseline: 'Once.', steered: `${n}` });
    texts.keep(looked);
  }
  expect(texts.at(again.steered)).toBe('again');
  expect(() => texts.at(first.baseline)).toThrow(/not kept any more: run the steering again/);
  expect(() => texts.at('/elsewhere')).toThrow(/\.$/);
});
