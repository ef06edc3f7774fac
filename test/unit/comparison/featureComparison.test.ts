// The comparison of two documents over time, with an engine whose answers are made up here, because what is asked, and
// when, matters.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { FeatureComparison } from '../../../src/host/comparison/featureComparison.ts';
import type { ComparedPair } from '../../../src/host/comparison/featureComparison.ts';
import { typingPauseMs } from '../../../src/host/documents/documentAnalysis.ts';
import { DisposableStore } from '../../../src/shared/disposable.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import type { CompareTextsParams } from '../../../src/shared/readingProtocol.ts';
import { changedTokens, comparisonOf, featureChange } from './comparisons.ts';

const lifetime = new DisposableStore();
afterAll(() => lifetime.dispose());

interface Bench {
  readonly comparison: FeatureComparison;
  readonly pair: ComparedPair;
  readonly asked: CompareTextsParams[];
  readonly learnt: [string, ...number[]][];
  readonly warnings: string[];
  /** What the documents hold now. */
  readonly texts: { left: string; right: string };
  /** What the engine does before it answers. */
  answer: (params: CompareTextsParams, signal: AbortSignal) => Promise<void>;
}

function bench(left = 'One girl.', right = 'Two girls.'): Bench {
  const texts = { left, right };
  const made: { -readonly [Key in keyof Bench]: Bench[Key] } = {
    ...{ comparison: undefined as never, asked: [], learnt: [], warnings: [], texts },
    pair: {
      left: { key: 'file:///l', name: 'l.txt', text: () => Promise.resolve(texts.left) },
      right: { key: 'file:///r', name: 'r.txt', text: () => Promise.resolve(texts.right) },
    },
    answer: () => Promise.resolve(),
  };
  made.comparison = lifetime.add(
    new FeatureComparison({
      source: () => Promise.resolve({ model: '/m', saes: ['/s'] }),
      question: () => ({ topK: 3, maxFileKB: 1 }),
      compare: async (params, { signal }) => {
        made.asked.push(params);
        await made.answer(params, signal);
        if (signal.aborted) throw new MonosemError('cancelled', 'cancelled');
        return comparisonOf({
          rightTokens: params.right.text.length,
          gained: [featureChange('/s', 7, [0, 0, 3, 1])],
          lost: [featureChange('/t', 8, [2, 1, 0, 0])],
          changed: [changedTokens('/s', [[0, 0, 3, 1, 1, 2, 2]])],
        });
      },
      briefs: {
        load: (sae, features) => {
          made.learnt.push([sae, ...features]);
          return Promise.resolve();
        },
      },
      log: { warn: (text) => made.warnings.push(text) },
    }),
  );
  return made;
}

test('two documents are compared under the names the engine knows, and labels are learnt', async () => {
  const { comparison, pair, asked, learnt } = bench();
  expect(comparison.state).toBeUndefined();
  await comparison.open(pair);
  expect(asked).toEqual([
    {
      source: { model: '/m', saes: ['/s'] },
      left: { document: 'file:///l', text: 'One girl.' },
      right: { document: 'file:///r', text: 'Two girls.' },
      topK: 3,
      limit: 200,
    },
  ]);
  expect(learnt).toEqual([
    ['/s', 7, 1, 2],
    ['/t', 8],
  ]);
  expect(comparison.state?.isComparing).toBe(false);
  expect(comparison.state?.result?.texts).toEqual({ left: 'One girl.', right: 'Two girls.' });
});

test('an edit of either side is compared once typing pauses, and the last result stays until then', async () => {
  const { comparison, pair, asked, texts } = bench();
  await comparison.open(pair);
  const before = comparison.state?.result;
  for (const text of ['Two girl', 'Two gir', 'Two gi']) {
    texts.right = text;
    comparison.edited('file:///r', [{ offset: text.length, removed: 1, inserted: 0 }]);
    expect(comparison.state).toMatchObject({ isComparing: true, result: before });
  }
  await comparison.whenIdle();
  expect(asked.map(({ right }) => right.text)).toEqual(['Two girls.', 'Two gi']);
  expect(comparison.state?.result?.texts.right).toBe('Two gi');
  texts.left = 'One';
  comparison.edited('file:///l', [{ offset: 3, removed: 6, inserted: 0 }]);
  await comparison.whenIdle();
  expect(comparison.state?.result?.texts.left).toBe('One');
});

test('places of the last result move with edits until there is a newer one', async () => {
  const { comparison, pair, texts } = bench();
  await comparison.open(pair);
  texts.right = 'Twenty-two girls.';
  comparison.edited('file:///r', [{ offset: 0, removed: 0, inserted: 7 }]);
  expect(comparison.present('right', 4)).toBe(11);
  expect(comparison.present('left', 4)).toBe(4);
  await comparison.whenIdle();
  expect(comparison.present('right', 4)).toBe(4);
});

test('other documents are no matter', async () => {
  const { comparison, pair, asked } = bench();
  comparison.edited('file:///r', [{ offset: 0, removed: 0, inserted: 1 }]);
  await comparison.open(pair);
  comparison.edited('file:///x', [{ offset: 0, removed: 0, inserted: 1 }]);
  expect(comparison.state?.isComparing).toBe(false);
  expect(asked).toHaveLength(1);
});

test('a document that is opened again is compared again only if its text is another one', async () => {
  const { comparison, pair, asked, texts } = bench();
  await comparison.open(pair);
  comparison.reopened('file:///r', texts.right);
  expect(comparison.state?.isComparing).toBe(false);
  texts.right = 'Nobody.';
  comparison.reopened('file:///r', texts.right);
  await comparison.whenIdle();
  expect(asked.at(-1)?.right.text).toBe('Nobody.');
});

test('an answer for texts that have changed since is not taken', async () => {
  const made = bench();
  const { comparison, pair, texts } = made;
  let isCancelled = false;
  made.answer = async (_, signal) => {
    if (made.asked.length > 1) return;
    await new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
    isCancelled = true;
  };
  const opened = comparison.open(pair);
  await sleep(5);
  texts.right = 'Three.';
  comparison.edited('file:///r', [{ offset: 0, removed: 10, inserted: 6 }]);
  await vi.waitFor(() => {
    expect(isCancelled).toBe(true);
  });
  expect(comparison.state).toMatchObject({ isComparing: true });
  expect(comparison.state?.result).toBeUndefined();
  await opened;
  expect(comparison.state?.isComparing).toBe(false);
  expect(comparison.state?.result?.texts.right).toBe('Three.');
});

test('closing cancels, and nothing comes afterwards', async () => {
  const made = bench();
  const { comparison, pair, asked } = made;
  made.answer = () => sleep(20);
  const opened = comparison.open(pair);
  await sleep(5);
  comparison.close();
  await comparison.whenIdle();
  await opened;
  expect(comparison.state).toBeUndefined();
  comparison.edited('file:///r', [{ offset: 0, removed: 0, inserted: 1 }]);
  comparison.restart();
  await sleep(typingPauseMs + 20);
  expect(asked).toHaveLength(1);
});

test('a failure is told beside the last result, and the next edit tries again', async () => {
  const made = bench();
  const { comparison, pair, texts } = made;
  await comparison.open(pair);
  made.answer = () => Promise.reject(new MonosemError('runtimeFailed', 'It broke.'));
  texts.right = 'Three.';
  comparison.edited('file:///r', [{ offset: 0, removed: 10, inserted: 6 }]);
  await comparison.whenIdle();
  expect(comparison.state?.reason?.message).toBe('It broke.');
  expect(comparison.state?.result?.texts.right).toBe('Two girls.');
  made.answer = () => Promise.reject(new Error('odd'));
  comparison.restart();
  await comparison.whenIdle();
  expect(comparison.state?.reason).toMatchObject({ code: 'internal' });
  made.answer = () => Promise.resolve();
  comparison.restart();
  await comparison.whenIdle();
  expect(comparison.state?.reason).toBeUndefined();
  expect(comparison.state?.result?.texts.right).toBe('Three.');
});

test('the same pair opened again keeps what is known of it, another pair does not', async () => {
  const made = bench();
  const { comparison, pair } = made;
  await comparison.open(pair);
  const known = comparison.state?.result;
  made.answer = () => sleep(5);
  const again = comparison.open({ ...pair });
  expect(comparison.state).toMatchObject({ isComparing: true, result: known });
  await again;
  const other = comparison.open({ left: pair.right, right: pair.left });
  expect(comparison.state?.result).toBeUndefined();
  await other;
  expect(comparison.state?.result?.texts.left).toBe('Two girls.');
});

test.each([
  [['', ' \n'], 'emptyText', 'l.txt and r.txt are empty'],
  [['text', 'PK\u0003\u0004\0\0'], 'notText', 'r.txt looks binary'],
  [['é'.repeat(600), 'text'], 'tooLarge', 'l.txt is larger than 1 KB'],
])('texts that cannot be compared are refused by name: %#', async (texts, code, beginning) => {
  const { comparison, pair, asked } = bench(texts[0], texts[1]);
  await comparison.open(pair);
  expect(comparison.state?.reason?.code).toBe(code);
  expect(comparison.state?.reason?.message).toMatch(new RegExp(`^${beginning}.*\\.$`));
  expect(asked).toEqual([]);
});

test('one empty text is compared: all features of the other one are gained or lost', async () => {
  const { comparison, pair, asked } = bench('', 'A girl.');
  await comparison.open(pair);
  expect(asked).toHaveLength(1);
});
