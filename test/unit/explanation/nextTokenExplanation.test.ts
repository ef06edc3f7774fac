// What is asked about a next token, with answers made up here: of which text, and for how long the answer holds.
import { afterAll, describe, expect, test } from 'vitest';
import { explainedText } from '../../../src/host/explanation/explainedText.ts';
import type { ExplainedPlace } from '../../../src/host/explanation/explainedText.ts';
import { NextTokenExplanation } from '../../../src/host/explanation/nextTokenExplanation.ts';
import type { NextTokenQuestion } from '../../../src/host/explanation/nextTokenExplanation.ts';
import type { EngineClient } from '../../../src/host/engine/engineClient.ts';
import { DisposableStore } from '../../../src/shared/disposable.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { effectsOf } from './effects.ts';

const lifetime = new DisposableStore();
afterAll(() => lifetime.dispose());

const found = effectsOf();

interface Bench {
  readonly explanation: NextTokenExplanation;
  readonly asked: Readonly<Record<string, unknown>>[];
  /** Let the engine answer, first question first. */
  readonly answers: (() => void)[];
  changes: number;
}

function bench(): Bench {
  const asked: Readonly<Record<string, unknown>>[] = [];
  const answers: (() => void)[] = [];
  const call = (
    _: string,
    params: Readonly<Record<string, unknown>>,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<unknown> =>
    new Promise((resolve, reject) => {
      asked.push(params);
      signal.addEventListener('abort', () => {
        reject(new MonosemError('cancelled', 'The engine was told.'));
      });
      answers.push(() => resolve(found));
    });
  const explanation = lifetime.add(
    new NextTokenExplanation({
      engine: { call } as unknown as EngineClient,
      source: () => Promise.resolve({ model: '/m', saes: ['/s'] }),
    }),
  );
  const made: Bench = { explanation, asked, answers, changes: 0 };
  lifetime.add(explanation.onDidChange(() => made.changes++));
  return made;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const story = 'Once upon a time';
const question = (place: ExplainedPlace, text = story): NextTokenQuestion => ({
  document: { key: 'file:///a', text: () => text },
  place,
});

/** Explains a place and lets the engine answer. */
async function explained(place: ExplainedPlace): Promise<Bench> {
  const made = bench();
  const explaining = made.explanation.explain(question(place));
  await settle();
  made.answers[0]?.();
  await explaining;
  return made;
}

const typed = (offset: number, inserted = 1): { offset: number; removed: 0; inserted: number } => ({
  ...{ offset, inserted },
  removed: 0,
});

describe('what the model reads', () => {
  test.each([
    [story, { end: 4 }, { text: 'Once' }],
    // The blank belongs to the next token.
    [story, { end: 5 }, { text: 'Once' }],
    ['Once\n', { end: 5 }, { text: 'Once\n' }],
    [story, { end: 99 }, { text: story }],
    [story, { start: 4, end: 9 }, { text: 'Once upon', tokens: [5, 8] }],
    // Nothing but a blank is selected.
    [story, { start: 4, end: 5 }, { text: 'Once' }],
  ])('%j %j', (text, place, expected) => {
    const asked = explainedText(text, place);
    expect(asked?.text).toBe(expected.text);
    const { first, last } = asked?.tokens ?? {};
    const stretch = 'tokens' in expected ? expected.tokens.map((offset) => ({ offset })) : [];
    expect([first, last].filter((at) => at !== undefined)).toEqual(stretch);
  });

  test.each([
    ['', 0],
    [story, 0],
    ['  \t', 2],
  ])('%j has nothing in front of %d', (text, end) => {
    expect(explainedText(text, { end })).toBeUndefined();
  });
});

test('a question names the text before the place, and the target where there is one', async () => {
  const { explanation, asked, answers } = bench();
  const explaining = explanation.explain({ ...question({ end: 9 }), target: { text: ' a' } });
  await settle();
  answers[0]?.();
  expect(await explaining).toBe(found);
  expect(asked).toEqual([
    { source: { model: '/m', saes: ['/s'] }, text: 'Once upon', target: { text: ' a' } },
  ]);
  expect(explanation.current).toMatchObject({ text: 'Once upon', isStale: false, effects: found });
});

test('without text the last explanation stays', async () => {
  const { explanation } = await explained({ end: 4 });
  await expect(explanation.explain(question({ end: 0 }))).rejects.toThrow(/put the cursor behind/);
  expect(explanation.current?.text).toBe('Once');
});

test('another question takes the place of one that is not answered', async () => {
  const { explanation, answers } = bench();
  const first = explanation.explain(question({ end: 4 }));
  await settle();
  const second = explanation.explain(question({ end: 9 }));
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  await settle();
  answers[1]?.();
  await second;
  expect(explanation.current?.text).toBe('Once upon');
});

test('who cancels keeps the last explanation', async () => {
  const { explanation } = await explained({ end: 4 });
  const abort = new AbortController();
  const explaining = explanation.explain(question({ end: 9 }), abort.signal);
  await settle();
  abort.abort();
  await expect(explaining).rejects.toMatchObject({ code: 'cancelled' });
  expect(explanation.current?.text).toBe('Once');
});

test('edits behind the place change nothing, those before it make it outdated and move it', async () => {
  const { explanation } = await explained({ start: 5, end: 9 });
  explanation.edited('file:///a', [typed(9), typed(12)]);
  explanation.edited('file:///b', [typed(0)]);
  expect(explanation.current).toMatchObject({ place: { start: 5, end: 9 }, isStale: false });
  explanation.edited('file:///a', [typed(0, 3)]);
  expect(explanation.current).toMatchObject({ place: { start: 8, end: 12 }, isStale: true });
  explanation.edited('file:///a', [{ offset: 10, removed: 1, inserted: 0 }]);
  expect(explanation.current?.place).toEqual({ start: 8, end: 11 });
});

test('an edit before the answer makes it outdated when it comes', async () => {
  const { explanation, answers } = bench();
  const explaining = explanation.explain(question({ end: 4 }));
  await settle();
  explanation.edited('file:///a', [typed(0, 3)]);
  answers[0]?.();
  await explaining;
  expect(explanation.current).toMatchObject({ place: { end: 7 }, isStale: true });
});

test('a document that is open again may hold another text', async () => {
  const { explanation } = await explained({ end: 4 });
  explanation.reopened('file:///b', 'Two');
  explanation.reopened('file:///a', 'Once more');
  expect(explanation.current?.isStale).toBe(false);
  explanation.reopened('file:///a', 'Two');
  expect(explanation.current?.isStale).toBe(true);
});

test('another model makes it outdated, once; another order does not', async () => {
  const made = await explained({ end: 4 });
  const { explanation } = made;
  expect(made.changes).toBe(1);
  explanation.arrange('target');
  explanation.arrange('target');
  expect([made.changes, explanation.order, explanation.current?.isStale]).toEqual([
    2,
    'target',
    false,
  ]);
  explanation.sourceChanged();
  explanation.sourceChanged();
  expect([made.changes, explanation.current?.isStale]).toEqual([3, true]);
});
