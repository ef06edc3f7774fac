import { expect, test } from 'vitest';
import { tokenId } from '../../../../src/shared/units.ts';
import type { FinishedPair } from '../../../../src/shared/webviewProtocol.ts';
import {
  divergenceOf,
  maxKl,
  meanKl,
  promptTail,
  sharedSteps,
  stepsText,
} from '../../../../webview/steer/run/comparison.ts';
import { keptRun } from '../../../../webview/steer/run/keptRun.ts';
import { rankChange } from '../../../../webview/steer/run/rankChange.ts';
import {
  drawnTokens,
  endOf,
  knownBaseline,
  restOf,
  type RunSample,
  sampleText,
} from '../../../../webview/steer/run/runSample.ts';
import { runStep } from '../../../../webview/steer/run/runStep.ts';
import { finishedRun, stepOf } from './runs.ts';

test('two texts part at the first token that differs or is missing', () => {
  expect(divergenceOf([stepOf(0, 1, 1), stepOf(1, 2, 2)])).toBeUndefined();
  expect(divergenceOf([stepOf(0, 1, 1), stepOf(1, undefined, 2)])).toBe(1);
  expect(stepsText([stepOf(0, 1, 2), stepOf(1, undefined, 3)], 'steered')).toBe(' t2 t3');
});

test('models are compared as long as they read the same text', () => {
  const equal = [stepOf(0, 1, 1, NaN), stepOf(1, 2, 2, 3)];
  const steps = [...equal, stepOf(2, 3, 4, 6), stepOf(3, 5, 5, 90)];
  expect(sharedSteps(equal)).toEqual(equal);
  expect(sharedSteps(steps)).toEqual(steps.slice(0, 3));
  expect(meanKl(sharedSteps(steps))).toBe(3);
  expect(maxKl(sharedSteps(steps))).toBe(6);
  expect([meanKl([]), maxKl([])]).toEqual([0, 0]);
});

test('a long prompt is cut at a word', () => {
  expect(promptTail('a short one', 20)).toBe('a short one');
  expect(promptTail('once upon a time there was', 12)).toBe('… there was');
});

test('the baseline of an earlier run stands behind what is written', () => {
  const [one, two, three] = [stepOf(0, 1, 1), stepOf(1, 2, 3), stepOf(2, 4, 5)];
  const earlierBaseline = [one, two, three].flatMap(({ baseline }) => baseline ?? []);
  const sample = { steps: [one, two], earlierBaseline };
  expect(drawnTokens(sample, 'baseline')).toEqual([
    { text: ' t1', step: 0, isDifferent: false, isDivergence: false },
    { text: ' t2', step: 1, isDifferent: true, isDivergence: true },
    { text: ' t4', step: 2, isDifferent: false, isDivergence: false },
  ]);
  expect(drawnTokens(sample, 'steered').map(({ text }) => text)).toEqual([' t1', ' t3']);
  expect(knownBaseline(sample).map(({ id }) => id)).toEqual([1, 2, 4]);
});

test('what both texts have is not marked once they are aligned', () => {
  const side = (...tokens: number[]): FinishedPair['baseline'] => ({
    ...{ text: '', tokens: tokens.map(tokenId), end: 'length' },
  });
  const sample: RunSample = {
    steps: [stepOf(0, 1, 1), stepOf(1, 2, 3), stepOf(2, 4, 2), stepOf(3, 5, 4)],
    earlierBaseline: [],
    texts: {
      ...{ baseline: side(1, 2, 4, 5), steered: side(1, 3, 2, 4) },
      aligned: [
        { kind: 'equal', from: 0, to: 1 },
        { kind: 'steered', from: 1, to: 2 },
        { kind: 'equal', from: 1, to: 3 },
        { kind: 'baseline', from: 3, to: 4 },
      ],
    },
  };
  const marked = (of: 'baseline' | 'steered'): boolean[] =>
    drawnTokens(sample, of).map(({ isDifferent }) => isDifferent);
  expect(marked('baseline')).toEqual([false, false, false, true]);
  expect(marked('steered')).toEqual([false, true, false, false]);
  expect(drawnTokens(sample, 'steered').map(({ isDivergence }) => isDivergence)).toEqual([
    ...[false, true, false, false],
  ]);
});

test('a finished text is what the engine says, also behind its last token', () => {
  const texts = {
    baseline: { text: ' t1 #', tokens: [tokenId(1)], end: 'length' },
    steered: { text: ' t1', tokens: [tokenId(1)], end: 'stop' },
  } as const;
  const sample = { steps: [stepOf(0, 1, 1)], earlierBaseline: [], texts };
  expect(sampleText(sample, 'baseline')).toBe(' t1 #');
  expect(restOf(sample, 'baseline')).toBe(' #');
  expect(restOf(sample, 'steered')).toBe('');
  expect([endOf(sample, 'baseline'), endOf(sample, 'steered')]).toEqual([undefined, 'stop']);
});

test('what was expected becomes plain values that can be stored', () => {
  const expected = {
    baseline: likely([' a', ' b'], [0.5, 0.25]),
    steered: likely([' b', ' c'], [0.75, 0.125]),
    ranksInSteered: Uint32Array.of(4, 1),
    ranksInBaseline: Uint32Array.of(2, 9),
  };
  const step = runStep({ ...stepOf(0, 1, 1), expected });
  expect(JSON.parse(JSON.stringify(step))).toEqual(step);
  expect(step.expected?.steered).toEqual([
    { id: 10, text: ' b', probability: 0.75, rankInOther: 2 },
    { id: 11, text: ' c', probability: 0.125, rankInOther: 9 },
  ]);
});

test('of a long run, what was expected is kept of its first steps only', () => {
  const expected = { baseline: [], steered: [] };
  const steps = [0, 1, 2].map((n) => ({ ...stepOf(n, 1, 1), expected }));
  const run = { ...finishedRun(), samples: [{ steps, earlierBaseline: [] }] };
  expect(keptRun(run)).toBe(run);
  const [sample] = keptRun(run, 2).samples;
  expect(sample?.steps.map((step) => step.expected)).toEqual([expected, expected, undefined]);
  expect(sample?.steps).toHaveLength(3);
});

test('a rank goes up or down from the baseline to the steered model, whichever list it is read in', () => {
  expect(rankChange(1, 4, 'baseline')).toEqual({ direction: 'down', words: '↓3' });
  expect(rankChange(1, 4, 'steered')).toEqual({ direction: 'up', words: '↑3' });
  expect(rankChange(2, 2, 'steered')).toEqual({ direction: 'same', words: '' });
});

function likely(texts: string[], probabilities: number[]) {
  const ids = Uint32Array.from(texts, (_, index) => index + 10);
  return { ids, texts, probabilities: Float32Array.from(probabilities) };
}
