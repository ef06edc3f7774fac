// Reads edits and settings of a run that came from outside: from the steering view, or from what an earlier window has
// stored. Whether an SAE is active and a feature exists is for others to say.
import type {
  EditPositions,
  FeatureEdit,
  PositionRange,
  SteerScope,
} from '../../shared/engineProtocol.ts';
import type { SteerSettings } from '../../shared/webviewProtocol.ts';
import { type Named, isFlag, isWhole, oneOf, readList, readNumber } from './readValues.ts';
import { type Fields, fieldsOf, readFeatureRef } from './viewMessages.ts';

const mostEdits = 256;
const mostTokens = 4096;
const mostRanges = 256;
const mostStops = 16;
const longestStop = 1024;
export const mostSamples = 8;

/** `undefined` for what is no list of edits; one that is none spoils the list. */
export function readEdits(value: unknown): readonly FeatureEdit[] | undefined {
  return readList(value, mostEdits, readEdit);
}

/** Operations with an amount, and the units it can have. */
const unitsOf: Readonly<Record<string, readonly string[]>> = {
  scale: [],
  clamp: ['activation', 'max'],
  add: ['activation', 'max', 'residual'],
  project: [],
  cap: [],
};

function readEdit(value: unknown): FeatureEdit | undefined {
  const ref = readFeatureRef(value);
  const fields = fieldsOf(value) ?? {};
  const common = readConditions(fields);
  if (ref === undefined || common === undefined) return undefined;
  if (fields['operation'] === 'ablate') return { ...ref, ...common, operation: 'ablate' };
  const strength = readStrength(fields);
  // Which operations, amounts and units go together was checked there.
  return strength && ({ ...ref, ...common, ...strength } as FeatureEdit);
}

function readStrength(fields: Named<'operation' | 'amount' | 'unit'>): object | undefined {
  const { operation, amount, unit } = fields;
  if (typeof amount !== 'number' || !Number.isFinite(amount)) return undefined;
  if (typeof operation !== 'string' || !Object.hasOwn(unitsOf, operation)) return undefined;
  if (unit === undefined) return { operation, amount };
  const isKnown = oneOf(unitsOf[operation] ?? [], unit) !== undefined;
  return isKnown ? { operation, amount, unit } : undefined;
}

type Conditions = Pick<FeatureEdit, 'positions' | 'onlyWhile' | 'onlyActive' | 'dropsError'>;

function readConditions(fields: Fields): Conditions | undefined {
  const { positions, onlyWhile, onlyActive, dropsError } = fields as Named<keyof Conditions>;
  const places = positions === undefined ? undefined : readPositions(positions);
  const other = onlyWhile === undefined ? undefined : readFeatureRef(onlyWhile);
  const isWhole =
    (positions === undefined) === (places === undefined) &&
    (onlyWhile === undefined) === (other === undefined) &&
    isFlag(onlyActive) &&
    isFlag(dropsError);
  if (!isWhole) return undefined;
  return {
    ...(places && { positions: places }),
    ...(other && { onlyWhile: other }),
    ...(onlyActive === true && { onlyActive }),
    ...(dropsError === true && { dropsError }),
  };
}

function readPositions(value: unknown): EditPositions | undefined {
  const fields = fieldsOf(value) as Named<keyof EditPositions> | undefined;
  if (fields === undefined || !isFlag(fields.skipSpecial)) return undefined;
  const scope = fields.scope === undefined ? undefined : readScope(fields.scope);
  const ranges =
    fields.ranges === undefined ? undefined : readList(fields.ranges, mostRanges, readRange);
  if ((fields.scope === undefined) !== (scope === undefined)) return undefined;
  if ((fields.ranges === undefined) !== (ranges === undefined)) return undefined;
  return {
    ...(scope && { scope }),
    ...(ranges && { ranges }),
    ...(fields.skipSpecial === true && { skipSpecial: true }),
  };
}

export function readScope(value: unknown): SteerScope | undefined {
  return oneOf(['all', 'prompt', 'generated'], value);
}

function readRange(value: unknown): PositionRange | undefined {
  const { from, to } = (fieldsOf(value) ?? {}) as Named<keyof PositionRange>;
  if (!isWhole(from) || from < 0) return undefined;
  if (to === undefined) return { from };
  return isWhole(to) && to > from ? { from, to } : undefined;
}

/** Smallest and largest value of what may be left out. */
const optional = {
  topK: [0, 2 ** 31],
  topP: [0, 1],
  minP: [0, 1],
  repetitionPenalty: [0.01, 100],
  frequencyPenalty: [-2, 2],
  presencePenalty: [-2, 2],
  samples: [1, mostSamples],
} as const satisfies Partial<Record<keyof SteerSettings, readonly [number, number]>>;

const wholeNumbers: readonly string[] = ['topK', 'samples'];

export function readSteerSettings(value: unknown): SteerSettings | undefined {
  const fields: Named<keyof SteerSettings> = fieldsOf(value) ?? {};
  const required = readRequired(fields);
  const others = readOptional(fields);
  const stop = readList(fields.stop ?? [], mostStops, readStop);
  if (required === undefined || others === undefined || stop === undefined) return undefined;
  if (!isFlag(fields.chat)) return undefined;
  return {
    ...{ ...required, ...others },
    ...(stop.length > 0 && { stop }),
    ...(fields.chat === true && { chat: true }),
  };
}

function readRequired(
  fields: Named<keyof SteerSettings>,
): Pick<SteerSettings, 'maxTokens' | 'temperature' | 'seed'> | undefined {
  const maxTokens = readNumber(fields.maxTokens, [1, mostTokens]);
  const temperature = readNumber(fields.temperature, [0, 100]);
  const seed = readNumber(fields.seed, [0, Number.MAX_SAFE_INTEGER]);
  if (!isWhole(maxTokens) || temperature === undefined || !isWhole(seed)) return undefined;
  return { maxTokens, temperature, seed };
}

function readOptional(fields: Named<keyof typeof optional>): Partial<SteerSettings> | undefined {
  const read: Record<string, number> = {};
  for (const [name, range] of Object.entries(optional)) {
    const value = fields[name as keyof typeof optional];
    if (value === undefined) continue;
    const number = readNumber(value, range);
    if (number === undefined || (wholeNumbers.includes(name) && !isWhole(number))) return undefined;
    read[name] = number;
  }
  return read;
}

function readStop(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= longestStop
    ? value
    : undefined;
}
