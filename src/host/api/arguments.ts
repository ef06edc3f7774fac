// Reads what other extensions pass to the API. They are written in JavaScript as often as not, so nothing is believed:
// an argument that does not fit is refused with a sentence that names it and says what fits. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { fieldsOf } from '../views/viewMessages.ts';

/** Longest text that is analysed or continued, in UTF-16 units: that of the largest file. */
export const longestText = 16 * 2 ** 20;

/** @param place what was called, e.g. `analyse` */
export function refuse(place: string, problem: string): MonosemError {
  return new MonosemError('badArgument', `MonosemApi.${place}: ${problem}.`);
}

/** @throws MonosemError `badArgument`, `emptyText`, `tooLarge` */
export function readText(place: string, name: string, value: unknown): string {
  if (typeof value !== 'string') throw refuse(place, `${name} is ${kindOf(value)}; give a text`);
  if (value === '') {
    throw new MonosemError('emptyText', `MonosemApi.${place}: ${name} is empty; give a text.`);
  }
  if (value.length <= longestText) return value;
  const found = value.length.toLocaleString('en');
  const most = longestText.toLocaleString('en');
  throw new MonosemError(
    'tooLarge',
    `MonosemApi.${place}: ${name} has ${found} UTF-16 units; give a part of it, at most ${most}.`,
  );
}

/** The named arguments of one call. */
export class NamedArguments {
  readonly #place: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  /**
   * @param value what was passed; `undefined` counts as no argument at all
   * @param known every name there is: a misspelt one must not go unnoticed
   * @throws MonosemError `badArgument`
   */
  constructor(place: string, value: unknown, known: readonly string[]) {
    const fields = value === undefined ? {} : fieldsOf(value);
    if (fields === undefined) throw refuse(place, `${kindOf(value)} was passed; give an object`);
    const unknown = Object.keys(fields).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw refuse(place, `there is no “${unknown}”; there are ${known.join(', ')}`);
    }
    this.#place = place;
    this.#fields = fields;
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined;
  }

  get(name: string): unknown {
    return this.#fields[name];
  }

  /** @throws MonosemError `badArgument`, as all that follow; `undefined` for what was not passed */
  number(name: string, [least, most]: readonly [number, number]): number | undefined {
    return this.#read(
      name,
      `a number from ${least} to ${most}`,
      (value) => typeof value === 'number' && value >= least && value <= most && value,
    );
  }

  integer(name: string, [least, most]: readonly [number, number]): number | undefined {
    return this.#read(
      name,
      `an integer from ${least} to ${most}`,
      (value) => isInteger(value) && value >= least && value <= most && value,
    );
  }

  flag(name: string): boolean | undefined {
    const value = this.#fields[name];
    if (value === undefined || typeof value === 'boolean') return value;
    throw this.#refuse(name, 'true or false');
  }

  /** Not empty. */
  name(name: string): string | undefined {
    return this.#read(
      name,
      'a text that is not empty',
      (value) => typeof value === 'string' && value !== '' && value,
    );
  }

  choice<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    return this.#read(
      name,
      values.map((value) => `“${value}”`).join(' or '),
      (value) => values.find((known) => known === value) ?? false,
    );
  }

  list(name: string, most: number): readonly unknown[] | undefined {
    return this.#read(
      name,
      `a list of at most ${most}`,
      (value) => Array.isArray(value) && value.length <= most && (value as readonly unknown[]),
    );
  }

  signal(): AbortSignal | undefined {
    return this.#read(
      'signal',
      'the signal of an AbortController',
      (value) => value instanceof AbortSignal && value,
    );
  }

  callback(name: string): ((value: unknown) => void) | undefined {
    return this.#read(
      name,
      'a function',
      (value) => typeof value === 'function' && (value as (argument: unknown) => void),
    );
  }

  /** @param read gives `false` for what does not fit */
  #read<T>(name: string, wanted: string, read: (value: unknown) => T | false): T | undefined {
    const value = this.#fields[name];
    if (value === undefined) return undefined;
    const found = read(value);
    if (found === false) throw this.#refuse(name, wanted);
    return found;
  }

  #refuse(name: string, wanted: string): MonosemError {
    return refuse(this.#place, `“${name}” is ${kindOf(this.#fields[name])}; give ${wanted}`);
  }
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** A value in a few words, whatever it is. */
function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'number':
    case 'boolean':
    case 'undefined':
      return `${value}`;
    case 'string':
      return value.length > 40 ? 'a text' : `“${value}”`;
    default:
      if (value === null) return 'null';
      return Array.isArray(value) ? `a list of ${value.length}` : `a value of type ${typeof value}`;
  }
}
