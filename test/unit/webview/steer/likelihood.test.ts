import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ContinuationEffect } from '../../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import type { FromSteerView, SteerRequest } from '../../../../src/shared/webviewProtocol.ts';
import {
  judgedLines,
  likelihoodRows,
  verdictText,
} from '../../../../webview/steer/likelihood/likelihoodText.ts';
import type { Likelihood } from '../../../../webview/steer/likelihood/measurement.ts';
import { Measurer, restoreLikelihood } from '../../../../webview/steer/likelihood/measurer.ts';
import { settings } from './runs.ts';

const edited = (amount: number): SteerRequest => ({
  ...{ prompt: 'Once', settings },
  edits: [{ sae: '/s', feature: featureIndex(7), operation: 'clamp', amount }],
});
const read = (...losses: readonly number[]): ContinuationEffect['baseline'] => {
  const sum = losses.reduce((total, loss) => total + loss, 0);
  return { losses: Float32Array.from(losses), sum, perplexity: Math.exp(sum / losses.length) };
};
const effect: ContinuationEffect = {
  ...{ promptTokens: 2, ids: Uint32Array.of(5, 6), texts: [' upon', ' a'] },
  ...{ baseline: read(1.5, 0.5), steered: read(0.25, 0.5) },
};

let request: SteerRequest | undefined;
let isLive: boolean;
let posted: FromSteerView[];
let measurer: Measurer;

beforeEach(() => {
  vi.useFakeTimers();
  request = edited(2);
  isLive = false;
  posted = [];
  measurer = new Measurer({
    request: () => request,
    isLive: () => isLive,
    post: (message) => posted.push(message),
    onChange: () => undefined,
    restored: undefined,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const asked = (): number[] =>
  posted.flatMap((message) => (message.kind === 'measureLikelihood' ? [message.measurement] : []));

function measured(): number {
  measurer.start();
  const measurement = asked().at(-1) ?? NaN;
  measurer.receive({ kind: 'likelihoodMeasured', measurement, effect });
  return measurement;
}

test('a measurement is asked for with what matters to it, and answered', () => {
  measurer.start();
  expect([measurer.canStart, posted]).toEqual([false, []]);
  measurer.write(' upon a');
  const measurement = measured();
  const { prompt, edits } = edited(2);
  expect(posted).toEqual([
    { kind: 'measureLikelihood', measurement, prompt, continuation: ' upon a', edits },
  ]);
  expect(measurer.kept.shown).toMatchObject({
    phase: 'finished',
    found: {
      tokens: [
        { text: ' upon', baseline: 1.5, steered: 0.25 },
        { text: ' a', baseline: 0.5, steered: 0.5 },
      ],
      ...{ baseline: { sum: 2 }, steered: { sum: 0.75 } },
    },
  });
  request = { ...edited(2), settings: { ...settings, chat: true } };
  measurer.start();
  expect(posted.at(-1)).toMatchObject({ chat: true });
});

test('another edit, prompt, continuation or use of the chat template outdates it, how texts are drawn does not', () => {
  measurer.write(' upon a');
  measured();
  request = { ...edited(2), settings: { ...settings, maxTokens: 9, temperature: 1 } };
  expect(measurer.isOutdated).toBe(false);
  for (const other of [
    edited(3),
    { ...edited(2), prompt: 'Twice' },
    { ...edited(2), settings: { ...settings, chat: true } },
  ]) {
    request = other;
    expect(measurer.isOutdated).toBe(true);
  }
  request = edited(2);
  measurer.write(' upon');
  expect(measurer.isOutdated).toBe(true);
});

test('messages of other measurements change nothing, and what was found stands until there is something else', () => {
  measurer.write(' upon a');
  const first = measured();
  const { found } = measurer.kept.shown ?? {};
  request = edited(3);
  measurer.start();
  const second = asked().at(-1) ?? NaN;
  expect(second).toBe(first + 1);
  measurer.receive({ kind: 'likelihoodStopped', measurement: first });
  measurer.receive({ kind: 'sweepStopped', sweep: second });
  expect(measurer.kept.shown).toMatchObject({ phase: 'running', found });
  measurer.receive({ kind: 'likelihoodFailed', measurement: second, message: 'Too long.' });
  measurer.receive({ kind: 'likelihoodMeasured', measurement: second, effect });
  expect(measurer.kept.shown).toMatchObject({ phase: 'failed', message: 'Too long.' });
  expect(measurer.kept.shown).not.toHaveProperty('found');
});

test('with Live an edit is measured once the user pauses, while the measurements are in sight', () => {
  isLive = true;
  measurer.write(' upon a');
  measurer.changed();
  vi.advanceTimersByTime(1000);
  expect(asked()).toHaveLength(0);
  measurer.setOpen(true);
  vi.advanceTimersByTime(1000);
  expect(asked()).toHaveLength(1);
  for (let amount = 3; amount < 8; amount++) {
    request = edited(amount);
    measurer.changed();
    vi.advanceTimersByTime(100);
  }
  expect(asked()).toHaveLength(1);
  vi.advanceTimersByTime(100);
  expect(asked()).toHaveLength(2);
  measurer.changed();
  vi.advanceTimersByTime(1000);
  expect(asked()).toHaveLength(2);
  measurer.setOpen(false);
  expect(posted.at(-1)).toEqual({ kind: 'stopLikelihood' });
});

test('nothing is measured by itself without Live, an edit or a continuation', () => {
  measurer.setOpen(true);
  const settle = (): void => {
    measurer.changed();
    vi.advanceTimersByTime(1000);
  };
  measurer.write(' upon a');
  settle();
  isLive = true;
  measurer.write('');
  settle();
  measurer.write(' upon a');
  request = { ...edited(2), edits: [] };
  settle();
  request = undefined;
  settle();
  expect(posted).toEqual([]);
});

test('another prompt leaves the continuation alone and stops what is running', () => {
  measurer.setOpen(true);
  measurer.write(' upon a');
  measurer.start();
  measurer.forget();
  expect(posted.at(-1)).toEqual({ kind: 'stopLikelihood' });
  expect(measurer.kept).toEqual({ isOpen: true, continuation: ' upon a' });
});

test('what was found is restored, and nothing that is damaged or still running', () => {
  measurer.setOpen(true);
  measurer.write(' upon a');
  measured();
  const stored = JSON.parse(JSON.stringify(measurer.kept)) as object;
  expect(restoreLikelihood(stored)).toEqual(measurer.kept);
  const bare = { isOpen: true, continuation: ' upon a' };
  const { shown } = measurer.kept;
  for (const damaged of [
    { ...shown, phase: 'running' },
    { ...shown, found: { ...shown?.found, tokens: [] } },
    { ...shown, found: { ...shown?.found, tokens: [{ text: ' a', baseline: null, steered: 1 }] } },
    { ...shown, found: { ...shown?.found, steered: { sum: 1 } } },
    [],
  ]) {
    expect(restoreLikelihood({ ...bare, shown: damaged })).toEqual(bare);
  }
  for (const nothing of [undefined, null, 5, {}, { isOpen: true }, { continuation: 'a' }]) {
    expect(restoreLikelihood(nothing)).toBeUndefined();
  }
});

const found = (baseline: number, steered: number): Likelihood => ({
  ...{ request: '', tokens: [{ text: ' a', baseline, steered }] },
  baseline: { sum: baseline, perplexity: Math.exp(baseline) },
  steered: { sum: steered, perplexity: Math.exp(steered) },
});

test.for<[number, number, string]>([
  [3, 3, 'The edits change nothing about how likely the continuation is.'],
  [3, 3.0004, 'With the edits the continuation is about as likely as without them.'],
  [3, 1, 'With the edits the continuation is 7.39 times as likely as without them.'],
  [1, 3, 'With the edits the continuation is 0.135 times as likely as without them.'],
  [80, 50, 'With the edits the continuation is e^30.0 times as likely as without them.'],
  [50, 80, 'With the edits the continuation is e^−30.0 times as likely as without them.'],
  [0, 900, 'With the edits the continuation is e^−900 times as likely as without them.'],
  [3, NaN, 'The probability of the continuation cannot be computed: weaken the edits.'],
  [3, Infinity, 'The probability of the continuation cannot be computed: weaken the edits.'],
])('a loss of %f nats that becomes %f', ([baseline, steered, words]) => {
  expect(verdictText(found(baseline, steered))).toBe(words);
});

test('losses, means and perplexities, each with its change', () => {
  const [first, second] = [found(3, 1), found(1, 2)];
  const both: Likelihood = {
    ...{ request: '', tokens: [...first.tokens, ...second.tokens] },
    baseline: { sum: 4, perplexity: Math.exp(2) },
    steered: { sum: 3, perplexity: Math.exp(1.5) },
  };
  expect(likelihoodRows(both)).toEqual([
    { name: 'Loss in nats', baseline: '4.00', steered: '3.00', change: '−1.00' },
    { name: 'Mean per token', baseline: '2.00', steered: '1.50', change: '−0.50' },
    { name: 'Perplexity', baseline: '7.39', steered: '4.48', change: '0.607×' },
  ]);
  expect(judgedLines({ text: ' a\n', baseline: 0.5, steered: 2 })).toEqual([
    ...['␣a⏎', 'Baseline: loss 0.50 nats, probability 61%'],
    ...['Steered: loss 2.00 nats, probability 14%', 'Change +1.50 nats'],
  ]);
});
