// Reads edits that came from outside: from the steering view, or from what an earlier window has stored. Whether an SAE is
// active, a feature exists and a direction was made is for others to say.
import type {
  EditPositions,
  FeatureEdit,
  NamedDirectionEdit,
  NamedEdit,
  PositionRange,
  SteerScope,
} from '../../shared/engineProtocol.ts';
import { type Named, isFlag, isWhole, oneOf, readList } from './readValues.ts';
import { readPlace } from './steerDirections.ts';
import { type Fields, fieldsOf, readFeatureRef } from './viewMessages.ts';

const mostEdits = 256;
const mostRanges = 256;

/** `undefined` for what is no list of edits; one that is none spoils the list. */
export function readEdits(value: unknown): readonly NamedEdit[] | undefined {
  return readList(value, mostEdits, readEdit);
}

type Units = Readonly<Record<string, readonly string[]>>;

/** Operations with an amount, and the units it can have. */
const ofFeatures: Units = {
  scale: [],
  clamp: ['activation', 'max'],
  add: ['activation', 'max', 'residual'],
  project: [],
  cap: [],
};
const ofDirections: Units = { add: ['direction', 'residual'], project: [], cap: [] };

function readEdit(value: unknown): NamedEdit | undefined {
  const fields = fieldsOf(value) ?? {};
  const common = readConditions(fields);
  if (common === undefined) return undefined;
  return fields['name'] === undefined
    ? readFeatureEdit(fields, common)
    : readDirectionEdit(fields, common);
}

function readFeatureEdit(fields: Fields, common: Conditions): FeatureEdit | undefined {
  const ref = readFeatureRef(fields);
  if (ref === undefined) return undefined;
  if (fields['operation'] === 'ablate') return { ...ref, ...common, operation: 'ablate' };
  const strength = readStrength(fields, ofFeatures);
  // Which operations, amounts and units go together was checked there.
  return strength && ({ ...ref, ...common, ...strength } as FeatureEdit);
}

function readDirectionEdit(fields: Fields, common: Conditions): NamedDirectionEdit | undefined {
  // A direction is never active and has no error.
  if (common.onlyActive !== undefined || common.dropsError !== undefined) return undefined;
  const place = readPlace(fields);
  const strength = readStrength(fields, ofDirections);
  return place && strength && ({ ...place, ...common, ...strength } as NamedDirectionEdit);
}

function readStrength(
  fields: Named<'operation' | 'amount' | 'unit'>,
  unitsOf: Units,
): object | undefined {
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
