// Values that came from outside, one by one: `undefined` for what is not of the kind asked for.

/** Fields by name, of which nothing is known yet. */
export type Named<Name extends string> = { readonly [Each in Name]?: unknown };

/** @param read gives `undefined` for what is none, which spoils the list */
export function readList<T>(
  value: unknown,
  most: number,
  read: (each: unknown) => T | undefined,
): readonly T[] | undefined {
  if (!Array.isArray(value) || value.length > most) return undefined;
  const all = value.map(read);
  return all.every((each) => each !== undefined) ? all : undefined;
}

export function oneOf<T extends string>(values: readonly T[], value: unknown): T | undefined {
  return values.find((known) => known === value);
}

export function readNumber(
  value: unknown,
  [least, most]: readonly [least: number, most: number],
): number | undefined {
  return typeof value === 'number' && value >= least && value <= most ? value : undefined;
}

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

export function isFlag(value: unknown): value is boolean | undefined {
  return value === undefined || typeof value === 'boolean';
}
