// Texts of the vocabulary with an engine whose answers are made up here, because what is asked, and how often, matters.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { learnAbout } from '../../../src/host/tokens/learnAbout.ts';
import { FeatureBriefs } from '../../../src/host/display/features/featureBriefs.ts';
import { TokenTable } from '../../../src/host/documents/tokenTable.ts';
import { TokenTexts } from '../../../src/host/tokenTexts.ts';
import { batchOf } from './batches.ts';

interface Bench {
  readonly texts: TokenTexts;
  /** Ids of each call. */
  readonly asked: (readonly number[])[];
  /** Settles the oldest call that is not settled. */
  readonly answer: (failure?: Error) => void;
}

function bench(): Bench {
  const asked: (readonly number[])[] = [];
  const waiting: ((failure?: Error) => void)[] = [];
  const texts = new TokenTexts((ids) => {
    asked.push([...ids]);
    return new Promise((resolve, reject) => {
      waiting.push((failure) => {
        if (failure === undefined) resolve(Array.from(ids, (id) => `t${id}`));
        else reject(failure);
      });
    });
  });
  return { texts, asked, answer: (failure) => waiting.shift()?.(failure) };
}

/** Lets everything happen that is not waiting for an answer. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what is wanted at the same moment is one call, and nothing is asked twice', async () => {
  const { texts, asked, answer } = bench();
  const both = Promise.all([texts.load([1, 2, 2]), texts.load([2, 3])]);
  await settle();
  expect(asked).toEqual([[1, 2, 3]]);
  const later = texts.load([3, 4]);
  await settle();
  expect(asked).toEqual([[1, 2, 3], [4]]);
  expect(texts.get(1)).toBeUndefined();
  answer();
  await both;
  expect([1, 2, 3, 4].map(texts.get)).toEqual(['t1', 't2', 't3', undefined]);
  answer();
  await later;
  expect(texts.get(4)).toBe('t4');
  await texts.load([1, 2, 3, 4]);
  expect(asked).toHaveLength(2);
});

test('what could not be learnt is asked again when it is wanted again', async () => {
  const { texts, asked, answer } = bench();
  const first = texts.load([1]);
  await settle();
  answer(new Error('busy'));
  await expect(first).rejects.toThrow('busy');
  const second = texts.load([1]);
  await settle();
  answer();
  await second;
  expect(asked).toEqual([[1], [1]]);
  expect(texts.get(1)).toBe('t1');
});

test('texts of a model that is looked through no more are forgotten, also those on their way', async () => {
  const { texts, asked, answer } = bench();
  const before = texts.load([1]);
  await settle();
  texts.clear();
  answer();
  await before;
  expect(texts.get(1)).toBeUndefined();
  const after = texts.load([1]);
  await settle();
  answer();
  await after;
  expect(texts.get(1)).toBe('t1');
  expect(asked).toHaveLength(2);
  texts.clear();
  expect(texts.get(1)).toBeUndefined();
});

test('many texts are asked for in several calls, and only so many are kept', async () => {
  const asked: number[] = [];
  const texts = new TokenTexts((ids) => {
    asked.push(ids.length);
    return Promise.resolve(Array.from(ids, String));
  });
  await texts.load(Array.from({ length: 10_000 }, (_, id) => id));
  expect(asked).toEqual([4096, 4096, 1808]);
  await texts.load(Array.from({ length: 70_000 }, (_, id) => id));
  expect(texts.get(69_999)).toBe('69999');
  expect(texts.get(0)).toBeUndefined();
  expect(texts.get(70_000 - 65_536)).toBe(String(70_000 - 65_536));
});

test('whatever is loaded, in whatever order it is answered, has its own text', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(30), { maxLength: 6 }), { maxLength: 6 }),
      fc.scheduler(),
      async (loads, scheduler) => {
        const texts = new TokenTexts(
          scheduler.scheduleFunction((ids: Uint32Array) =>
            Promise.resolve(Array.from(ids, (id) => `t${id}`)),
          ),
        );
        const loaded = Promise.all(loads.map((ids) => texts.load(ids)));
        await scheduler.waitFor(loaded);
        for (const id of loads.flat()) expect(texts.get(id)).toBe(`t${id}`);
      },
    ),
  );
});

test('hovers and lists learn of tokens, of what was expected there, and of active features', async () => {
  const [ids, features]: [number[], number[]] = [[], []];
  const texts = new TokenTexts((wanted) => {
    ids.push(...wanted);
    return Promise.resolve(Array.from(wanted, String));
  });
  const briefs = new FeatureBriefs((_, wanted) => {
    features.push(...wanted);
    return Promise.reject(new Error('no briefs today'));
  });
  const table = new TokenTable();
  const predictions = {
    topN: 2,
    predicted: Uint32Array.of(8, 9),
    probabilities: Float32Array.of(0.5, 0.25),
    ranks: Uint32Array.of(1),
  };
  table.insert({ ...batchOf(0, [[0, 2, 57, 1, 58, 0]], 2), predictions }, 1);
  const warnings: string[] = [];
  const log = { warn: (text: string) => void warnings.push(text) };
  await learnAbout({ briefs, tokenTexts: texts, log }, table.all());
  expect(ids).toEqual([100, 8, 9]);
  expect(features).toEqual([57]);
  expect(warnings).toEqual(['Tokens and features are shown without their words: no briefs today']);
});
