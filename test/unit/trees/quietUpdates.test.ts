import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { inSlices } from '../../../src/host/slices.ts';
import { FeatureListChoice } from '../../../src/host/trees/featureListChoice.ts';
import { QuietUpdates } from '../../../src/host/trees/quietUpdates.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Bench {
  readonly updates: QuietUpdates;
  readonly signals: AbortSignal[];
  readonly failures: unknown[];
  readonly answers: ((failure?: Error) => void)[];
  isVisible: boolean;
}

/** Updates that last until `answers` ends them. */
function bench(): Bench {
  const [signals, failures, answers]: [AbortSignal[], unknown[], Bench['answers']] = [[], [], []];
  const made: Bench = {
    isVisible: true,
    signals,
    failures,
    answers,
    updates: new QuietUpdates({
      update: (signal) => {
        signals.push(signal);
        return new Promise((resolve, reject) => {
          answers.push((failure) => (failure === undefined ? resolve() : reject(failure)));
        });
      },
      isVisible: () => made.isVisible,
      onFailure: (error) => failures.push(error),
    }),
  };
  return made;
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test('many changes are one update, as soon as the most urgent of them wants it', async () => {
  const { updates, signals, answers } = bench();
  updates.within(2000);
  updates.within(100);
  updates.within(500);
  await pass(99);
  expect(signals).toHaveLength(0);
  await pass(1);
  expect(signals).toHaveLength(1);
  answers[0]?.();
  await pass(5000);
  expect(signals).toHaveLength(1);
});

test('changes that keep coming do not put an update off', async () => {
  const { updates, signals } = bench();
  for (let ms = 0; ms < 100; ms += 20) {
    updates.within(100);
    await pass(20);
  }
  expect(signals).toHaveLength(1);
});

test('what changes during an update is seen by the next one', async () => {
  const { updates, signals, answers } = bench();
  updates.within(0);
  await pass(0);
  updates.within(10);
  await pass(50);
  expect(signals).toHaveLength(1);
  answers[0]?.();
  await pass(1);
  expect(signals).toHaveLength(2);
  expect(signals[0]?.aborted).toBe(false);
});

test('where something else is to be seen, the update that runs is given up', async () => {
  const { updates, signals, answers, failures } = bench();
  updates.within(0);
  await pass(0);
  updates.now();
  await pass(0);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  answers[0]?.(new Error('nobody waits'));
  await pass(10);
  expect([signals.length, failures.length]).toEqual([2, 0]);
});

test('nothing is done for a list that nobody sees, and it catches up when it is shown', async () => {
  const made = bench();
  made.isVisible = false;
  made.updates.within(0);
  await pass(100);
  expect(made.signals).toHaveLength(0);
  made.isVisible = true;
  made.updates.catchUp();
  await pass(0);
  expect(made.signals).toHaveLength(1);
  made.answers[0]?.();
  await pass(0);
  made.updates.catchUp();
  await pass(100);
  expect(made.signals).toHaveLength(1);
});

test('a failed update is told, and the next one runs', async () => {
  const { updates, signals, answers, failures } = bench();
  updates.within(0);
  await pass(0);
  answers[0]?.(new Error('no'));
  await pass(0);
  expect(failures).toHaveLength(1);
  updates.within(0);
  await pass(0);
  expect(signals).toHaveLength(2);
  updates.dispose();
  expect(signals[1]?.aborted).toBe(true);
  updates.within(0);
  await pass(100);
  expect(signals).toHaveLength(2);
});

/** Takes time without letting anybody else have any. */
function* busy(steps: number, msEach: number): Generator<undefined, string> {
  for (let step = 0; step < steps; step++) {
    vi.advanceTimersByTime(msEach);
    yield;
  }
  return 'done';
}

test('long work pauses every few milliseconds, short work does not', async () => {
  let pauses = 0;
  const pause = (): Promise<number> => Promise.resolve(pauses++);
  expect(await inSlices(busy(3, 1), undefined, pause)).toBe('done');
  expect(pauses).toBe(0);
  expect(await inSlices(busy(100, 1), undefined, pause)).toBe('done');
  expect(pauses).toBe(25);
});

test('work that nobody wants any more ends at the next pause', async () => {
  const abort = new AbortController();
  const pause = (): Promise<void> => {
    abort.abort();
    return Promise.resolve();
  };
  await expect(inSlices(busy(100, 1), abort.signal, pause)).rejects.toThrow();
});

test('the ranking is remembered, what was typed is not, and both are told once', async () => {
  const memory = new Map<string, unknown>();
  const store = {
    get: (key: string) => memory.get(key),
    update: (key: string, value: unknown) => Promise.resolve(void memory.set(key, value)),
  };
  const choice = new FeatureListChoice(store);
  let changes = 0;
  const listening = choice.onDidChange(() => changes++);
  expect([choice.ranking, choice.words]).toEqual(['total', '']);
  await choice.rank('density');
  await choice.rank('density');
  choice.filter('  rain ');
  choice.filter('rain');
  choice.filter('x'.repeat(1000));
  expect(changes).toBe(3);
  expect(choice.words).toHaveLength(200);
  const again = new FeatureListChoice(store);
  expect([again.ranking, again.words]).toEqual(['density', '']);
  memory.set([...memory.keys()][0] ?? '', { ranking: 'total' });
  expect(new FeatureListChoice(store).ranking).toBe('total');
  listening.dispose();
  choice.dispose();
});
