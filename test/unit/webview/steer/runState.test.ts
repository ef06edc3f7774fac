import { expect, test } from 'vitest';
import type { SteerStep } from '../../../../src/shared/engineProtocol.ts';
import { tokenId } from '../../../../src/shared/units.ts';
import type { ToSteerView } from '../../../../src/shared/webviewProtocol.ts';
import { compare, promptTail, textOf } from '../../../../webview/steer/run/comparison.ts';
import {
  type RunState,
  askedRun,
  isGoing,
  isOutdated,
  nextRun,
  restoreRun,
  runText,
} from '../../../../webview/steer/run/runState.ts';

const settings = { maxTokens: 3, temperature: 0, seed: 1 } as const;
const request = { kind: 'run', prompt: 'Once', edits: [], settings } as const;
const token = (id: number): SteerStep['baseline'] => ({
  id: tokenId(id),
  text: ` t${String(id)}`,
  logProbability: -1,
});

function stepOf(step: number, baseline?: number, steered?: number, kl = 0.5): SteerStep {
  const left = baseline === undefined ? undefined : token(baseline);
  const right = steered === undefined ? undefined : token(steered);
  return { sample: 0, step, kl, ...(left && { baseline: left }), ...(right && { steered: right }) };
}

function after(...messages: readonly ToSteerView[]): RunState {
  return messages.reduce(nextRun, askedRun(request));
}

test('a run is asked for, started, stepped through and finished', () => {
  const step: ToSteerView = { kind: 'step', run: 1, step: stepOf(0, 1, 1) };
  expect(after().phase).toBe('asked');
  expect(after({ kind: 'started', run: 1 }).phase).toBe('running');
  const ended = after({ kind: 'started', run: 1 }, step, { kind: 'finished', run: 1 });
  expect([ended.phase, ended.steps.length, isGoing(ended)]).toEqual(['finished', 1, false]);
});

test('messages of another run change nothing', () => {
  const state = after(
    { kind: 'stopped', run: 1 },
    { kind: 'step', run: 1, step: stepOf(0, 1, 1) },
    { kind: 'started', run: 2 },
    { kind: 'step', run: 1, step: stepOf(1, 1, 1) },
    { kind: 'finished', run: 1 },
    { kind: 'failed', run: 1, message: '' },
    { kind: 'failed', message: 'not of a run' },
  );
  expect([state.phase, state.run, state.steps.length]).toEqual(['running', 2, 0]);
});

test('a failure ends its own run', () => {
  const state = after({ kind: 'started', run: 2 }, { kind: 'failed', run: 2, message: '' });
  expect(state.phase).toBe('failed');
});

test('the outcome in words', () => {
  const of = (...steps: readonly SteerStep[]): string =>
    runText({ ...askedRun(request), phase: 'finished', steps });
  expect(of(stepOf(0, 1, 1), stepOf(1, 2, 3))).toBe(
    'The texts part at token 2 of 2. Mean KL 0.50 nats.',
  );
  expect(of(stepOf(0, 1, 1, 0))).toBe('Both texts are equal over 1 token. Mean KL 0 nats.');
  expect(of()).toBe('Finished without a token: the text ends with the prompt.');
});

test('a run is outdated when another would be asked for', () => {
  expect(isOutdated(askedRun(request), request)).toBe(false);
  expect(isOutdated(askedRun(request), { ...request, prompt: 'Twice' })).toBe(true);
});

test('only runs that are over are restored', () => {
  const over = after({ kind: 'started', run: 1 }, { kind: 'stopped', run: 1 });
  expect(restoreRun(JSON.parse(JSON.stringify(over)))).toEqual(over);
  expect(restoreRun(after())).toBeUndefined();
  expect(restoreRun({ prompt: 'Once' })).toBeUndefined();
});

test('two texts part at the first token that differs or is missing', () => {
  expect(compare([stepOf(0, 1, 1), stepOf(1, 2, 2)]).divergence).toBeUndefined();
  expect(compare([stepOf(0, 1, 1), stepOf(1, undefined, 2)]).divergence).toBe(1);
  expect(compare([stepOf(0, 1, 2, NaN), stepOf(1, 2, 2, 3)])).toMatchObject({
    divergence: 0,
    meanKl: 1.5,
    maxKl: 3,
  });
  expect(textOf([stepOf(0, 1, 2), stepOf(1, undefined, 3)], 'steered')).toBe(' t2 t3');
});

test('a long prompt is cut at a word', () => {
  expect(promptTail('a short one', 20)).toBe('a short one');
  expect(promptTail('once upon a time there was', 12)).toBe('… there was');
});
