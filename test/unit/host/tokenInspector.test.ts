// What is asked of the engine about single tokens, with answers made up here: what is kept, for which text, and when a
// question is cancelled.
import { afterAll, describe, expect, test } from 'vitest';
import { briefly } from '../../../src/host/briefly.ts';
import { TokenTable } from '../../../src/host/documents/tokenTable.ts';
import type { Token } from '../../../src/host/documents/tokenTable.ts';
import type { EngineClient } from '../../../src/host/engine/engineClient.ts';
import { SharedCalls } from '../../../src/host/tokens/sharedCalls.ts';
import { tokenArgument } from '../../../src/host/tokens/tokenArgument.ts';
import { TokenInspector } from '../../../src/host/tokens/tokenInspector.ts';
import type { AskedText } from '../../../src/host/tokens/tokenInspector.ts';
import { DisposableStore } from '../../../src/shared/disposable.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { likely } from '../display/hoverFacts.ts';
import { letters } from './batches.ts';

const listeners = new DisposableStore();
afterAll(() => listeners.dispose());

interface Question {
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly answer: (value: unknown) => void;
}

interface Bench {
  readonly inspector: TokenInspector;
  readonly questions: Question[];
  readonly changes: (string | undefined)[];
}

function bench(): Bench {
  const questions: Question[] = [];
  const changes: (string | undefined)[] = [];
  const call = (
    name: string,
    params: Readonly<Record<string, unknown>>,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<unknown> =>
    new Promise((answer, reject) => {
      signal.addEventListener('abort', () => {
        reject(new MonosemError('cancelled', 'The engine was told.'));
      });
      questions.push({ name, params, signal, answer });
    });
  const inspector = listeners.add(
    new TokenInspector({
      engine: { call } as unknown as EngineClient,
      source: () => Promise.resolve({ model: '/m', saes: ['/s'] }),
    }),
  );
  listeners.add(inspector.onDidChange((document) => changes.push(document)));
  return { inspector, questions, changes };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const table = new TokenTable();
table.insert(letters(0, 0, 6, 7), 1);
const tokens = table.all();
const [, second, third] = tokens;
if (second === undefined || third === undefined) throw new Error('no tokens');

const text: AskedText = { document: 'file:///a', version: 3, text: 'abcdef', isSettled: true };
const detailsOf = ({ index, id, start, end }: Token): object => ({
  token: index,
  ...{ id, start, end, piece: 'b', bytes: Uint8Array.of(98), text: 'b' },
  next: { top: likely() },
});
const effectOf = ({ index }: Token, kl: number): object => ({
  token: index,
  activation: 1,
  ids: new Uint32Array(0),
  next: { kl },
});

describe('details of a token', () => {
  test('are asked for once, and kept while the text is the same', async () => {
    const { inspector, questions, changes } = bench();
    const both = Promise.all([inspector.details(text, second), inspector.details(text, second)]);
    await settle();
    expect(questions.map(({ name, params }) => [name, params])).toEqual([
      [
        'tokenDetails',
        {
          source: { model: '/m', saes: ['/s'] },
          document: 'file:///a',
          text: 'abcdef',
          at: { token: 1 },
        },
      ],
    ]);
    questions[0]?.answer(detailsOf(second));
    const [found, same] = await both;
    expect(found).toBe(same);
    expect(changes).toContain('file:///a');
    expect(await inspector.details(text, second)).toBe(found);
    expect(questions).toHaveLength(1);
    expect(inspector.detailsOf('file:///a', 3, second)).toBe(found);
    expect(inspector.detailsOf('file:///a', 4, second)).toBeUndefined();
    expect(inspector.detailsOf('file:///b', 3, second)).toBeUndefined();
    // An edit that is not analysed yet has moved the token.
    expect(inspector.detailsOf('file:///a', 3, { ...second, start: 2 })).toBeUndefined();
  });

  test('are asked for by offset while an edit waits to be analysed', async () => {
    const { inspector, questions } = bench();
    const found = inspector.details({ ...text, isSettled: false }, { ...second, index: 99 });
    await settle();
    expect(questions[0]?.params['at']).toEqual({ offset: 1 });
    questions[0]?.answer(detailsOf(second));
    await found;
    expect(inspector.detailsOf('file:///a', 3, second)).toBeDefined();
  });

  test('of an older text do not displace those of a newer one', async () => {
    const { inspector, questions } = bench();
    const older = inspector.details(text, second);
    const newer = inspector.details({ ...text, version: 4 }, second);
    await settle();
    questions[1]?.answer(detailsOf(second));
    await newer;
    questions[0]?.answer(detailsOf(second));
    await older;
    expect(inspector.detailsOf('file:///a', 3, second)).toBeUndefined();
    expect(inspector.detailsOf('file:///a', 4, second)).toBeDefined();
  });

  test('of another model are void, also those on their way', async () => {
    const { inspector, questions, changes } = bench();
    const known = inspector.details(text, second);
    await settle();
    questions[0]?.answer(detailsOf(second));
    await known;
    const underway = inspector.details(text, third);
    await settle();
    inspector.clear();
    expect(inspector.detailsOf('file:///a', 3, second)).toBeUndefined();
    expect(changes.at(-1)).toBeUndefined();
    questions[1]?.answer(detailsOf(third));
    await expect(underway).rejects.toMatchObject({ code: 'cancelled' });
    expect(inspector.detailsOf('file:///a', 3, third)).toBeUndefined();
  });

  test('of documents asked about long ago are dropped', async () => {
    const { inspector, questions } = bench();
    for (let n = 0; n < 9; n++) {
      const found = inspector.details({ ...text, document: `file:///${n}` }, second);
      await settle();
      questions[n]?.answer(detailsOf(second));
      await found;
    }
    expect(inspector.detailsOf('file:///0', 3, second)).toBeUndefined();
    expect(inspector.detailsOf('file:///1', 3, second)).toBeDefined();
  });

  test('are no longer computed when the one who asked goes away', async () => {
    const { inspector, questions } = bench();
    const leaving = new AbortController();
    const [first, other] = [
      inspector.details(text, second, leaving.signal),
      inspector.details(text, second),
    ];
    const refused = expect(first).rejects.toMatchObject({ code: 'cancelled' });
    await settle();
    leaving.abort();
    await refused;
    // Somebody else waits for the same.
    expect(questions[0]?.signal.aborted).toBe(false);
    questions[0]?.answer(detailsOf(second));
    await other;
    const alone = new AbortController();
    const last = inspector.details(text, third, alone.signal);
    const cancelled = expect(last).rejects.toMatchObject({ code: 'cancelled' });
    await settle();
    alone.abort();
    await cancelled;
    expect(questions[1]?.signal.aborted).toBe(true);
    const again = inspector.details(text, third);
    await settle();
    questions[2]?.answer(detailsOf(third));
    expect(await again).toMatchObject({ token: 2 });
  });
});

test('effects of several features are listed in the order in which they were asked for, each once', async () => {
  const { inspector, questions } = bench();
  const ablate = async (feature: number, kl: number): Promise<void> => {
    const ref = { sae: '/s', feature: featureIndex(feature) };
    const found = inspector.ablate(text, second, ref);
    await settle();
    questions.at(-1)?.answer(effectOf(second, kl));
    await found;
  };
  await ablate(57, 1);
  await ablate(58, 2);
  await ablate(57, 3);
  expect(questions[0]?.params).toMatchObject({
    ...{ sae: '/s', feature: 57, text: 'abcdef', at: { token: 1 }, scope: 'here', limit: 24 },
  });
  const effects = inspector.effectsOf('file:///a', 3, second);
  expect(effects.map(({ feature, next }) => [feature, next.kl])).toEqual([
    [58, 2],
    [57, 3],
  ]);
  expect(inspector.effectsOf('file:///a', 4, second)).toEqual([]);
});

test('similar tokens are found again for the same question only', async () => {
  const { inspector, questions } = bench();
  const ask = async (topK: number): Promise<unknown> => {
    const found = inspector.similar(text, second, { sae: '/s', topK });
    await settle();
    questions.at(-1)?.answer({ tokens: Uint32Array.of(topK) });
    return found;
  };
  const first = await ask(5);
  expect(await ask(5)).toBe(first);
  expect(questions).toHaveLength(1);
  await ask(6);
  expect(questions).toHaveLength(2);
  expect(questions[1]?.params).toMatchObject({ sae: '/s', topK: 6, at: { token: 1 } });
});

test('what is in front of a text is asked for once per model, also where it is nothing', async () => {
  const { inspector, questions } = bench();
  expect(inspector.bosOf(5)).toBeUndefined();
  const both = Promise.all([inspector.bos(5), inspector.bos(5)]);
  await settle();
  questions[0]?.answer(null);
  expect(await both).toEqual([null, null]);
  expect(await inspector.bos(5)).toBeNull();
  expect(inspector.bosOf(5)).toBeNull();
  expect(questions).toHaveLength(1);
  inspector.clear();
  expect(inspector.bosOf(5)).toBeUndefined();
});

test('a failure is that of everybody who waits, and the next one asks anew', async () => {
  const calls = new SharedCalls();
  let asked = 0;
  const fail = (): Promise<number> => {
    asked++;
    return Promise.reject(new Error('no'));
  };
  const results = await Promise.allSettled([calls.call('a', fail), calls.call('a', fail)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(calls.call('a', fail)).rejects.toThrow('no');
  expect(asked).toBe(2);
  const gone = AbortSignal.abort();
  await expect(calls.call('b', fail, gone)).rejects.toMatchObject({ code: 'cancelled' });
  expect(asked).toBe(2);
});

test('waiting has a limit, and failures in time are heard', async () => {
  expect(await briefly(Promise.resolve(), 60_000)).toBe(true);
  expect(await briefly(new Promise(() => undefined), 1)).toBe(false);
  await expect(briefly(Promise.reject(new Error('no')), 60_000)).rejects.toThrow('no');
});

test.each([
  [[12, 'file:///a'], { offset: 12, uri: 'file:///a' }],
  [[{ offset: 3, uri: 'file:///b', sae: '/s', feature: 5 }], { offset: 3, uri: 'file:///b' }],
  [[{ offset: 3 }, 'file:///c'], { offset: 3, uri: 'file:///c' }],
  // A menu of the editor gives its document.
  [[{ scheme: 'file', path: '/a', fsPath: '/a' }], {}],
  [[-1, 5], {}],
  [[1.5, ''], {}],
  [['12', null], {}],
  [[], {}],
])('arguments of commands that mean a token: %j', ([first, uri], expected) => {
  expect(tokenArgument(first, uri)).toEqual(expected);
});
