import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { DocumentAnalysis, typingPauseMs } from '../../../src/host/documents/documentAnalysis.ts';
import type { AnalysisPorts, TextRange } from '../../../src/host/documents/documentAnalysis.ts';
import { DisposableStore } from '../../../src/shared/disposable.ts';
import type { AnalyseParams, FeatureRef } from '../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { letters, summaryOf } from './batches.ts';

const listeners = new DisposableStore();
afterAll(() => listeners.dispose());

interface Bench {
  visible: readonly TextRange[];
  readonly analysis: DocumentAnalysis;
  readonly asked: AnalyseParams[];
  readonly kinds: string[];
  text: string;
}

/** Analyses a text of which the engine makes one token per character, after `ms`. */
function bench(
  text: string,
  options: {
    ms?: number;
    fail?: MonosemError;
    crashes?: boolean;
    covered?: number;
    followed?: readonly FeatureRef[];
    meanwhile?: () => void;
  } = {},
): Bench {
  const made: { -readonly [Key in keyof Bench]: Bench[Key] } = {
    analysis: undefined as never,
    asked: [],
    kinds: [],
    text,
    visible: [{ start: 0, end: 3 }],
  };
  const ports: AnalysisPorts = {
    key: 'file:///a',
    text: () => made.text,
    visible: () => made.visible,
    source: () => Promise.resolve({ model: '/m', saes: ['/s'] }),
    question: () => ({ topK: 1, maxFileKB: 1, predictions: 0, followed: options.followed ?? [] }),
    analyse: async (params, { signal, onProgress, onRetry }) => {
      made.asked.push(params);
      options.meanwhile?.();
      await sleep(options.ms ?? 0);
      if (options.fail !== undefined) throw options.fail;
      const half = params.text.length >> 1;
      onProgress(letters(0, 0, half, made.asked.length));
      if (options.crashes === true) {
        onRetry();
        onProgress(letters(0, 0, half, made.asked.length));
      }
      onProgress(letters(half, half, params.text.length - half, made.asked.length));
      if (signal.aborted) throw new MonosemError('cancelled', 'cancelled');
      const summary = summaryOf(params.text.length);
      return { ...summary, coveredTokens: options.covered ?? summary.tokens };
    },
  };
  made.analysis = new DocumentAnalysis(ports);
  listeners.add(made.analysis.onDidChange(({ kind }) => made.kinds.push(kind)));
  return made;
}

test('asks for the text with what is visible and reports its way to ready', async () => {
  const { analysis, asked, kinds } = bench('abcdef');
  analysis.start();
  expect(await analysis.whenIdle()).toEqual({ kind: 'ready', tokens: 6 });
  expect(asked).toEqual([
    {
      source: { model: '/m', saes: ['/s'] },
      document: 'file:///a',
      text: 'abcdef',
      topK: 1,
      extent: 'all',
      known: new Float64Array(0),
      visible: { start: 0, end: 3 },
    },
  ]);
  expect(kinds).toEqual(['waiting', 'analysing', 'analysing', 'ready']);
  expect(analysis.tokens.count).toBe(6);
});

test('what is followed is asked for, where something is', async () => {
  const followed = [{ sae: '/s', feature: featureIndex(7) }];
  for (const wanted of [followed, []]) {
    const { analysis, asked } = bench('abcdef', { followed: wanted });
    analysis.start();
    await analysis.whenIdle();
    expect(asked.map((params) => params.followed)).toEqual([
      wanted.length > 0 ? followed : undefined,
    ]);
  }
});

test('typing asks once, after a pause, with the last text', async () => {
  const typed = bench('a');
  typed.analysis.start();
  await typed.analysis.whenIdle();
  for (const text of ['ab', 'abc', 'abcd']) {
    typed.text = text;
    typed.analysis.edited([{ offset: text.length - 1, removed: 0, inserted: 1 }]);
  }
  expect(typed.analysis.tokens.count).toBe(1);
  await typed.analysis.whenIdle();
  expect(typed.asked.map(({ text }) => text)).toEqual(['a', 'abcd']);
  expect(typed.analysis.tokens.all().map(({ readings }) => readings[0]?.features[0])).toEqual([
    2, 2, 2, 2,
  ]);
});

test('results of a text that has changed since are not taken', async () => {
  const slow = bench('abcd', { ms: 30 });
  slow.analysis.start();
  await sleep(10);
  slow.text = 'abcde';
  slow.analysis.edited([{ offset: 4, removed: 0, inserted: 1 }]);
  await sleep(60);
  expect(slow.analysis.tokens.count).toBe(0);
  expect(slow.analysis.state.kind).toBe('waiting');
  await sleep(typingPauseMs);
  await slow.analysis.whenIdle();
  expect(slow.analysis.tokens.count).toBe(5);
});

test.each([
  ['', 'emptyText'],
  [' \r\n\t', 'emptyText'],
  ['PK\u0003\u0004\0\0', 'notText'],
  ['\uFFFD'.repeat(20) + 'text', 'notText'],
  ['é'.repeat(8 * 2 ** 20 + 1), 'tooLarge'],
])('a text that cannot be analysed is skipped with a reason (%#)', async (text, code) => {
  const { analysis, asked } = bench(text);
  analysis.start();
  expect(await analysis.whenIdle()).toMatchObject({ kind: 'skipped', reason: { code } });
  expect(asked).toEqual([]);
});

test('a failure is kept as the state and the next edit tries again', async () => {
  const fail = new MonosemError('fileMissing', 'There is no model.');
  const failing = bench('abc', { fail });
  failing.analysis.start();
  expect(await failing.analysis.whenIdle()).toEqual({ kind: 'failed', reason: fail });
  failing.analysis.edited([{ offset: 0, removed: 1, inserted: 0 }]);
  await failing.analysis.whenIdle();
  expect(failing.asked).toHaveLength(2);
});

test('what arrived before a crash is not counted twice', async () => {
  const { analysis } = bench('abcdef', { crashes: true });
  analysis.start();
  await analysis.whenIdle();
  expect(analysis.tokens.all().map(({ start }) => start)).toEqual([0, 1, 2, 3, 4, 5]);
});

test('stopping cancels, keeps the tokens and answers those who wait', async () => {
  const { analysis, asked } = bench('abcd', { ms: 20 });
  analysis.start();
  const idle = analysis.whenIdle();
  await sleep(5);
  analysis.stop();
  expect(await idle).toEqual({ kind: 'idle' });
  await sleep(40);
  expect(asked).toHaveLength(1);
  expect(analysis.state.kind).toBe('idle');
});

test('what is looked at when nothing has been answered yet comes first', async () => {
  const scroll = (): void => {
    if (asked.length > 1) return;
    made.visible = [{ start: 300, end: 400 }];
    analysis.scrolled();
  };
  const made = bench('é'.repeat(600), { covered: 300, meanwhile: scroll });
  const { analysis, asked, kinds } = made;
  analysis.start();
  await analysis.whenIdle();
  expect(asked.map(({ visible }) => visible?.start)).toEqual([0, 300]);
  expect(kinds.at(-1)).toBe('ready');
});

/** Interrupted when the first tokens are there. */
async function interrupted(): Promise<Bench> {
  const made = bench('abcd');
  const watching = made.analysis.onDidChange(({ kind }) => {
    if (kind !== 'analysing') return;
    watching.dispose();
    made.analysis.interrupt();
  });
  made.analysis.start();
  expect(await made.analysis.whenIdle()).toEqual({ kind: 'stopped' });
  expect(made.analysis.tokens.count).toBe(2);
  return made;
}

test('an interrupted analysis goes on when it is resumed, and not before', async () => {
  const { analysis, asked } = await interrupted();
  analysis.interrupt();
  analysis.scrolled();
  expect(analysis.state.kind).toBe('stopped');
  analysis.resume();
  expect(await analysis.whenIdle()).toEqual({ kind: 'ready', tokens: 4 });
  expect(asked).toHaveLength(2);
  analysis.interrupt();
  analysis.resume();
  expect(analysis.state.kind).toBe('ready');
});

test('an interrupted analysis goes on with the next edit, unless it is out of sight', async () => {
  const made = await interrupted();
  made.text = 'abcde';
  made.analysis.edited([{ offset: 4, removed: 0, inserted: 1 }]);
  expect(await made.analysis.whenIdle()).toEqual({ kind: 'ready', tokens: 5 });
  const hidden = await interrupted();
  hidden.visible = [];
  hidden.analysis.edited([{ offset: 4, removed: 0, inserted: 1 }]);
  expect(hidden.analysis.state.kind).toBe('idle');
});

test('of a long text only what is visible is asked for, and again where somebody scrolls', async () => {
  const made = bench('é'.repeat(600), { covered: 300 });
  const { analysis, asked } = made;
  analysis.start();
  await analysis.whenIdle();
  expect(asked.map(({ extent }) => extent)).toEqual(['visible']);
  expect(asked[0]?.known).toEqual(new Float64Array(0));
  analysis.scrolled();
  expect(analysis.state.kind).toBe('ready');
  made.visible = [{ start: 300, end: 400 }];
  analysis.scrolled();
  await analysis.whenIdle();
  expect(asked[1]?.visible).toEqual({ start: 300, end: 400 });
  expect(asked[1]?.known).toHaveLength(2);
  analysis.scrolled();
  expect(analysis.state.kind).toBe('ready');
});

test('where two parts of a long text are looked at, both are asked for and stay', async () => {
  const made = bench('é'.repeat(600), { covered: 300 });
  const { analysis, asked } = made;
  made.visible = [
    { start: 0, end: 10 },
    { start: 500, end: 520 },
  ];
  analysis.start();
  await analysis.whenIdle();
  expect(asked.map(({ visible, extent }) => [visible?.start, extent])).toEqual([
    [0, 'visible'],
    [500, 'visible'],
  ]);
  // What the first call sent, the second one is told of.
  expect(asked[1]?.known).toHaveLength(2);
  made.visible = made.visible.toReversed();
  analysis.scrolled();
  expect(analysis.state.kind).toBe('ready');
  made.visible = [{ start: 250, end: 270 }];
  analysis.scrolled();
  expect(analysis.state.kind).toBe('waiting');
});

test('of a text that is analysed as a whole both visible parts come first', async () => {
  const made = bench('abcdef'.repeat(10));
  made.visible = [
    { start: 0, end: 2 },
    { start: 50, end: 55 },
  ];
  made.analysis.start();
  expect(await made.analysis.whenIdle()).toEqual({ kind: 'ready', tokens: 60 });
  expect(made.asked.map(({ extent }) => extent)).toEqual(['visible', 'all']);
  expect(made.analysis.tokens.count).toBe(60);
});

test('what is known of other parts stays while the first of several is asked for', async () => {
  const made = bench('abcdef'.repeat(10), { ms: 20 });
  made.visible = [
    { start: 0, end: 2 },
    { start: 50, end: 55 },
  ];
  made.analysis.start();
  await made.analysis.whenIdle();
  made.text = `x${made.text}`;
  made.analysis.edited([{ offset: 0, removed: 0, inserted: 1 }]);
  const counts: number[] = [];
  listeners.add(made.analysis.onDidChange(() => counts.push(made.analysis.tokens.count)));
  await made.analysis.whenIdle();
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(60);
});
