import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NamedArguments, readText } from '../../../../src/host/api/arguments.ts';
import { MonosemError } from '../../../../src/shared/errors.ts';

const named = (value: unknown): NamedArguments =>
  new NamedArguments('analyse', value, [
    'topK',
    'losses',
    'signal',
    'kind',
    'list',
    'name',
    'then',
  ]);

test('what is left out is left out', () => {
  for (const value of [undefined, {}, { topK: undefined }]) {
    const read = named(value);
    expect(read.has('topK')).toBe(false);
    expect(read.integer('topK', [1, 32])).toBeUndefined();
    expect(read.flag('losses')).toBeUndefined();
    expect(read.signal()).toBeUndefined();
  }
});

test('what fits is taken', () => {
  const { signal } = new AbortController();
  const then = (): undefined => undefined;
  const value = { topK: 0, losses: false, signal, kind: 'b', list: [], name: 'x', then };
  const read = named(value);
  expect(read.integer('topK', [0, 32])).toBe(0);
  expect(read.number('topK', [-0.5, 0.5])).toBe(0);
  expect(read.flag('losses')).toBe(false);
  expect(read.signal()).toBe(signal);
  expect(read.choice('kind', ['a', 'b'])).toBe('b');
  expect(read.list('list', 0)).toEqual([]);
  expect(read.name('name')).toBe('x');
  expect(read.callback('then')).toBe(then);
});

test.each([
  [{ topk: 5 }, 'there is no “topk”; there are topK, losses, signal, kind, list, name, then.'],
  ['5', '“5” was passed; give an object.'],
  [null, 'null was passed; give an object.'],
  [[1, 2], 'a list of 2 was passed; give an object.'],
])('%j is no set of arguments', (value, problem) => {
  expect(() => named(value)).toThrow(
    new MonosemError('badArgument', `MonosemApi.analyse: ${problem}`),
  );
});

test.each([
  ['topK', 0, 'give an integer from 1 to 32'],
  ['topK', 33, 'give an integer from 1 to 32'],
  ['topK', 1.5, 'give an integer from 1 to 32'],
  ['topK', NaN, 'give an integer from 1 to 32'],
  ['topK', '5', 'give an integer from 1 to 32'],
  ['losses', 1, 'give true or false'],
  ['signal', { aborted: false }, 'give the signal of an AbortController'],
  ['kind', 'c', 'give “a” or “b”'],
  ['list', [1, 2, 3], 'give a list of at most 2'],
  ['list', { length: 1 }, 'give a list of at most 2'],
  ['name', '', 'give a text that is not empty'],
  ['then', 'f', 'give a function'],
])('“%s” is not %j', (name, value, wanted) => {
  const read = named({ [name]: value });
  const reading = {
    topK: () => read.integer('topK', [1, 32]),
    losses: () => read.flag('losses'),
    signal: () => read.signal(),
    kind: () => read.choice('kind', ['a', 'b']),
    list: () => read.list('list', 2),
    name: () => read.name('name'),
    then: () => read.callback('then'),
  }[name];
  expect(reading).toThrow(wanted);
  expect(reading).toThrow(`MonosemApi.analyse: “${name}” is `);
});

test('whatever is passed, the answer is a value that fits or one sentence with the code badArgument', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      try {
        const topK = named({ topK: value }).integer('topK', [1, 32]);
        expect(topK === undefined || (Number.isInteger(topK) && topK >= 1 && topK <= 32)).toBe(
          true,
        );
      } catch (error) {
        expect(MonosemError.is(error, 'badArgument')).toBe(true);
        expect((error as Error).message).toMatch(/^MonosemApi\.analyse: .*\.$/s);
      }
    }),
  );
});

test('a text is a text, not empty and not endless', () => {
  expect(readText('analyse', 'the text', ' ')).toBe(' ');
  const refused = (value: unknown, code: string): void => {
    expect(() => readText('analyse', 'the text', value)).toThrow(
      expect.objectContaining({ code }) as Error,
    );
  };
  refused(undefined, 'badArgument');
  refused(new Uint8Array(3), 'badArgument');
  refused('', 'emptyText');
  refused('x'.repeat(16 * 2 ** 20 + 1), 'tooLarge');
});
