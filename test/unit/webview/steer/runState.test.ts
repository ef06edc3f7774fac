import { expect, test } from 'vitest';
import type { SteerStep } from '../../../../src/shared/engineProtocol.ts';
import { tokenId } from '../../../../src/shared/units.ts';
import type { FinishedPair, ToSteerView } from '../../../../src/shared/webviewProtocol.ts';
import {
  askedRun,
  isGoing,
  isOutdated,
  nextRun,
  restoreRun,
  toContinue,
} from '../../../../webview/steer/run/runState.ts';
import { runText } from '../../../../webview/steer/run/runText.ts';
import { after, finishedRun, request, stepOf } from './runs.ts';

test('a run is asked for, started, stepped through and finished', () => {
  const step: ToSteerView = { kind: 'step', run: 1, step: stepOf(0, 1, 1) };
  expect(after().phase).toBe('asked');
  expect(after({ kind: 'started', run: 1 }).phase).toBe('running');
  const ended = after({ kind: 'started', run: 1 }, step, {
    ...{ kind: 'finished', run: 1, samples: [] },
  });
  expect([ended.phase, ended.samples[0]?.steps.length, isGoing(ended)]).toEqual([
    'finished',
    1,
    false,
  ]);
});

test('messages of another run change nothing, also when they come before the own one has started', () => {
  const state = after(
    { kind: 'started', run: 0 },
    { kind: 'stopped', run: 0 },
    { kind: 'started', run: 1 },
    { kind: 'step', run: 0, step: stepOf(1, 1, 1) },
    { kind: 'finished', run: 0, samples: [] },
    { kind: 'failed', run: 0, message: '' },
    { kind: 'failed', message: 'not of a run' },
  );
  expect([state.phase, state.run, state.samples[0]?.steps.length]).toEqual(['running', 1, 0]);
});

test('a failure ends its own run, also one that has not started', () => {
  expect(after({ kind: 'failed', run: 1, message: '' }).phase).toBe('failed');
});

test('steps go to their samples', () => {
  const step = { ...stepOf(0, 1, 2), sample: 2 };
  const state = after({ kind: 'started', run: 1 }, { kind: 'step', run: 1, step });
  expect(state.samples.map(({ steps }) => steps.length)).toEqual([0, 0, 1]);
});

test('the outcome in words', () => {
  const of = (...steps: readonly SteerStep[]): string => runText(finishedRun(...steps));
  expect(of(stepOf(0, 1, 1), stepOf(1, 2, 3))).toBe(
    'The texts part at token 2 of 2. Mean KL 0.50 nats.',
  );
  expect(of(stepOf(0, 1, 1, 0))).toBe('Both texts are equal over 1 token. Mean KL 0 nats.');
  expect(of()).toBe('Finished without a token: the text ends with the prompt.');
  expect(of(stepOf(0, 1, 1), { ...stepOf(0, 1, 2), sample: 1 })).toBe(
    'The texts part in 1 of 2 samples. Mean KL 0.50 nats.',
  );
});

test('a run is outdated when another would be asked for', () => {
  expect(isOutdated(finishedRun(), request)).toBe(false);
  expect(isOutdated(finishedRun(), { ...request, prompt: 'Twice' })).toBe(true);
});

test('the baseline stays while other edits run, and goes with another prompt or seed', () => {
  const shown = finishedRun(stepOf(0, 1, 1), stepOf(1, 2, 3));
  const kept = askedRun({ ...request, run: 2 }, shown);
  expect(kept.samples[0]?.earlierBaseline.map(({ id }) => id)).toEqual([1, 2]);
  expect(kept.samples[0]?.steps).toEqual([]);
  const shorter = { ...request, settings: { ...request.settings, maxTokens: 1 } };
  expect(askedRun(shorter, shown).samples[0]?.earlierBaseline).toHaveLength(1);
  const another = { ...request, settings: { ...request.settings, seed: 2 } };
  expect(askedRun(another, shown).samples[0]?.earlierBaseline).toEqual([]);
  // Also over a run that was given up early.
  expect(askedRun({ ...request, run: 3 }, kept).samples[0]?.earlierBaseline).toHaveLength(2);
});

test('a run goes on behind both texts of every sample, if one of them is not over', () => {
  const steps = [stepOf(0, 1, 1), stepOf(1, 2)];
  const shown = finishedRun(...steps);
  expect(toContinue(shown, request)).toEqual([
    {
      baseline: { tokens: [1, 2], end: 'length' },
      steered: { tokens: [1], end: 'endOfText' },
    },
  ]);
  expect(toContinue(after({ kind: 'started', run: 1 }), request)).toBeUndefined();
  expect(toContinue(shown, { ...request, prompt: 'Twice' })).toBeUndefined();
  const texts: FinishedPair = {
    baseline: { text: ' a', tokens: [tokenId(1)], end: 'stop' },
    steered: { text: ' a', tokens: [tokenId(1)], end: 'endOfText' },
  };
  const over = nextRun(
    { ...shown, phase: 'running' },
    { kind: 'finished', run: 1, samples: [texts] },
  );
  expect(toContinue(over, request)).toBeUndefined();
});

test('a run that goes on keeps the steps it goes on from', () => {
  const shown = finishedRun(stepOf(0, 1, 1), stepOf(1, 2, 2));
  const continuing = toContinue(shown, request);
  const asked = askedRun({ ...request, run: 2, ...(continuing && { continuing }) }, shown);
  expect(asked.samples[0]?.steps).toHaveLength(2);
  expect(asked.maxTokens).toBe(5);
  expect(isOutdated(asked, request)).toBe(false);
});

test('only runs that are over are restored', () => {
  const over = after({ kind: 'started', run: 1 }, { kind: 'stopped', run: 1 });
  expect(restoreRun(JSON.parse(JSON.stringify(over)))).toEqual(over);
  expect(restoreRun(after())).toBeUndefined();
  expect(restoreRun({ prompt: 'Once' })).toBeUndefined();
  expect(restoreRun({ ...over, samples: [null] })).toBeUndefined();
});
