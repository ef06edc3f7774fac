// Runs that start by themselves.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FromSteerView, SteerRequest } from '../../../../src/shared/webviewProtocol.ts';
import { Runner } from '../../../../webview/steer/run/runner.ts';
import { request as runRequest, stepOf } from './runs.ts';

const ablate = { sae: '/s', feature: 1, operation: 'ablate' } as SteerRequest['edits'][number];
const { prompt, settings } = runRequest;

let request: SteerRequest | undefined;
let isLive = true;
let posted: FromSteerView[];
let runner: Runner;

beforeEach(() => {
  vi.useFakeTimers();
  request = { prompt, settings, edits: [ablate] };
  isLive = true;
  posted = [];
  runner = new Runner({
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

const runs = (): number => posted.filter(({ kind }) => kind === 'run').length;

test('a change runs once the user pauses, and once only', () => {
  for (let n = 0; n < 5; n++) {
    runner.changed();
    vi.advanceTimersByTime(100);
  }
  expect(runs()).toBe(0);
  vi.advanceTimersByTime(100);
  expect(runs()).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(runs()).toBe(1);
});

test('nothing runs by itself without Live, without an edit, or where something is in the way', () => {
  isLive = false;
  runner.changed();
  vi.advanceTimersByTime(1000);
  isLive = true;
  request = { prompt, settings, edits: [] };
  runner.changed();
  vi.advanceTimersByTime(1000);
  request = undefined;
  runner.changed();
  vi.advanceTimersByTime(1000);
  expect(posted).toEqual([]);
});

test('what is as it was when it ran does not run again by itself', () => {
  runner.start();
  runner.changed();
  vi.advanceTimersByTime(1000);
  expect(runs()).toBe(1);
  // The last edit was taken back: that is to be seen as well.
  request = { prompt, settings, edits: [] };
  runner.changed();
  vi.advanceTimersByTime(1000);
  expect(runs()).toBe(2);
});

test('stopping also calls off the run that was about to start', () => {
  runner.changed();
  runner.stop();
  vi.advanceTimersByTime(1000);
  expect(posted).toEqual([]);
});

test('every run has a number of its own, and goes on from the one before', () => {
  runner.start();
  const first = runner.shown?.run ?? 0;
  runner.receive({ kind: 'started', run: first });
  runner.receive({ kind: 'step', run: first, step: stepOf(0, 1, 2) });
  expect(runner.canContinue).toBe(false);
  runner.receive({ kind: 'finished', run: first, samples: [] });
  expect(runner.canContinue).toBe(true);
  runner.continue();
  const last = posted.at(-1);
  expect(last).toMatchObject({
    ...{ kind: 'run', run: first + 1 },
    continuing: [{ baseline: { tokens: [1] }, steered: { tokens: [2] } }],
  });
  runner.forget();
  expect(runner.shown).toBeUndefined();
});
