// Ablation maps of texts that are edited, with an engine whose answers are made up here: what is asked, and how long an
// answer holds.
import { afterAll, describe, expect, test } from 'vitest';
import { AblationMaps } from '../../../src/host/ablation/ablationMaps.ts';
import { MappedLosses } from '../../../src/host/ablation/mappedLosses.ts';
import type { EngineClient } from '../../../src/host/engine/engineClient.ts';
import { DisposableStore } from '../../../src/shared/disposable.ts';
import type { AblationMapBatch, FeatureRef } from '../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { featureIndex, tokenIndex } from '../../../src/shared/units.ts';

const lifetime = new DisposableStore();
afterAll(() => lifetime.dispose());

/** Tokens of two characters from an index on; token n has the id n and becomes n nats harder. */
function batch(from: number, count: number): AblationMapBatch {
  const indices = Array.from({ length: count }, (_, row) => from + row);
  return {
    ...{ from: tokenIndex(from), count, ids: Uint32Array.from(indices) },
    starts: Uint32Array.from(indices, (n) => 2 * n),
    ends: Uint32Array.from(indices, (n) => 2 * n + 2),
    baseline: Float32Array.from(indices, (n) => (n === 0 ? NaN : 1)),
    ablated: Float32Array.from(indices, (n) => (n === 0 ? NaN : 1 + n)),
  };
}

describe('losses of a text', () => {
  const change = (losses: MappedLosses, start: number, id: number): number | undefined => {
    const found = losses.at(start, id);
    return found && found.ablated - found.baseline;
  };
  const taken = (): MappedLosses => {
    const losses = new MappedLosses();
    losses.take(batch(0, 2));
    losses.take(batch(2, 2));
    return losses;
  };

  test('are those of the token that begins there, where something precedes it', () => {
    const losses = taken();
    expect([2, 4, 6].map((start) => change(losses, start, start / 2))).toEqual([1, 2, 3]);
    expect([change(losses, 0, 0), change(losses, 3, 1), change(losses, 2, 7)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('move with edits, save for what is touched', () => {
    const losses = taken();
    losses.edit({ offset: 3, removed: 0, inserted: 5 });
    expect(change(losses, 2, 1)).toBeUndefined();
    expect([change(losses, 9, 2), change(losses, 11, 3)]).toEqual([2, 3]);
    losses.edit({ offset: 8, removed: 2, inserted: 0 });
    expect([change(losses, 9, 2), change(losses, 9, 3)]).toEqual([undefined, 3]);
  });

  test('that come once more take the place of the first', () => {
    const losses = taken();
    losses.take(batch(0, 2));
    expect([change(losses, 2, 1), change(losses, 4, 2)]).toEqual([1, undefined]);
  });
});

interface Question {
  readonly params: Readonly<Record<string, unknown>>;
  readonly send: (value: AblationMapBatch) => void;
  readonly finish: () => void;
}

interface Bench {
  readonly maps: AblationMaps;
  readonly questions: Question[];
  readonly failures: [unknown, boolean][];
  readonly told: string[];
}

function bench(check: () => void = () => undefined): Bench {
  const questions: Question[] = [];
  const call = (
    _: string,
    params: Readonly<Record<string, unknown>>,
    options: {
      readonly signal: AbortSignal;
      readonly onProgress: (value: AblationMapBatch) => void;
    },
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      options.signal.addEventListener('abort', () => {
        reject(new MonosemError('cancelled', 'The engine was told.'));
      });
      questions.push({ params, send: options.onProgress, finish: resolve });
    });
  const [failures, told]: [Bench['failures'], string[]] = [[], []];
  const maps = lifetime.add(
    new AblationMaps({
      engine: { call } as unknown as EngineClient,
      source: () => Promise.resolve({ model: '/m', saes: ['/s'] }),
      check,
      progress: (_feature, _isFirst, work) => work(new AbortController().signal),
      onFailure: (error, isFirst) => failures.push([error, isFirst]),
    }),
  );
  lifetime.add(maps.onDidChange((key) => told.push(key)));
  return { maps, questions, failures, told };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const ref: FeatureRef = { sae: '/s', feature: featureIndex(57) };
const text = (version: number): { key: string; version: number; text: string } => ({
  ...{ key: 'file:///a', version },
  text: 'aabbccdd',
});

test('a text is read once per version, and results are there window by window', async () => {
  const { maps, questions, told } = bench();
  const showing = maps.show(text(1), ref);
  await settle();
  await maps.show(text(1), ref);
  expect(questions.map(({ params }) => params)).toEqual([
    { source: { model: '/m', saes: ['/s'] }, text: 'aabbccdd', sae: '/s', feature: 57 },
  ]);
  const before = maps.revision;
  questions[0]?.send(batch(0, 2));
  expect(maps.revision).toBeGreaterThan(before);
  expect(maps.lossAt('file:///a', ref, { start: 2, id: 1 })).toMatchObject({
    baseline: 1,
    ablated: 2,
  });
  expect(maps.lossAt('file:///b', ref, { start: 2, id: 1 })).toBeUndefined();
  questions[0]?.finish();
  await showing;
  expect(new Set(told)).toEqual(new Set(['file:///a']));
});

test('an edit ends it; what was known moves along and stays until something newer is known', async () => {
  const { maps, questions, failures } = bench();
  const first = maps.show(text(1), ref);
  await settle();
  questions[0]?.send(batch(0, 4));
  const before = maps.revision;
  maps.edited('file:///a', [{ offset: 0, removed: 0, inserted: 2 }]);
  await first;
  // Nothing that is painted looks otherwise.
  expect([maps.revision, failures.length]).toEqual([before, 0]);
  const second = maps.show(text(2), ref);
  await settle();
  expect(maps.lossAt('file:///a', ref, { start: 4, id: 1 })).toMatchObject({ ablated: 2 });
  questions[1]?.send(batch(0, 1));
  expect(maps.lossAt('file:///a', ref, { start: 6, id: 2 })).toMatchObject({ ablated: 3 });
  questions[1]?.finish();
  await second;
  expect(maps.lossAt('file:///a', ref, { start: 6, id: 2 })).toBeUndefined();
});

test('of another feature nothing is kept, and where no map is shown nothing is known', async () => {
  const { maps, questions } = bench();
  const first = maps.show(text(1), ref);
  await settle();
  questions[0]?.send(batch(0, 4));
  const other = { ...ref, feature: featureIndex(9) };
  const second = maps.show(text(1), other);
  await first;
  expect(maps.lossAt('file:///a', ref, { start: 2, id: 1 })).toBeUndefined();
  await settle();
  questions[1]?.send(batch(0, 4));
  expect(maps.lossAt('file:///a', other, { start: 2, id: 1 })).toBeDefined();
  expect(maps.lossAt('file:///a', ref, { start: 2, id: 1 })).toBeUndefined();
  maps.clear();
  await second;
  expect(maps.lossAt('file:///a', other, { start: 2, id: 1 })).toBeUndefined();
});

test('while something else is shown nothing is computed, and what is known to the end is kept', async () => {
  const { maps, questions } = bench();
  const first = maps.show(text(1), ref);
  await settle();
  maps.pause();
  await first;
  const second = maps.show(text(1), ref);
  await settle();
  questions[1]?.send(batch(0, 4));
  questions[1]?.finish();
  await second;
  maps.pause();
  await maps.show(text(1), ref);
  expect(questions).toHaveLength(2);
  expect(maps.lossAt('file:///a', ref, { start: 2, id: 1 })).toBeDefined();
});

test('a failure is told with whether somebody waits for it, once per version', async () => {
  const { maps, failures } = bench(() => {
    throw new MonosemError('tooLarge', 'too long');
  });
  await maps.show(text(1), ref);
  await maps.show(text(1), ref);
  await maps.show(text(2), ref);
  expect(failures.map(([, isFirst]) => isFirst)).toEqual([true, false]);
});
