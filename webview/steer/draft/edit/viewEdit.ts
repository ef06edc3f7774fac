// Between an edit as it is arranged and as the host knows it. Pure.
import type {
  EditPositions,
  FeatureEdit,
  NamedDirectionEdit,
  NamedEdit,
} from '../../../../src/shared/engineProtocol.ts';
import { type DraftEdit, noEdit, plainUnit } from './draftEdit.ts';
import { gateOf, isGated, readGate } from './gate.ts';
import { rangesText, readRanges } from './tokenRanges.ts';

export function fromEdit(edit: NamedEdit): DraftEdit {
  const { positions: { scope = 'all', ranges = [], skipSpecial = false } = {}, onlyWhile } = edit;
  const { onlyActive = false, dropsError = false } = 'feature' in edit ? edit : {};
  return {
    ...noEdit(edit),
    operation: edit.operation,
    amount: 'amount' in edit ? edit.amount : 0,
    unit: ('unit' in edit ? edit.unit : undefined) ?? plainUnit(edit),
    ...{ scope, ranges: rangesText(ranges), skipSpecial, onlyActive, dropsError },
    ...(onlyWhile && { onlyWhile: gateOf(onlyWhile) }),
  };
}

/** The edit as the host wants it, without what is the rule anyway; `undefined` for none and for conditions that are none. */
export function toEdit(edit: DraftEdit): NamedEdit | undefined {
  const place = placeOf(edit);
  if (place === undefined) return undefined;
  return 'feature' in edit ? featureEdit(edit, place) : directionEdit(edit, place);
}

type Place = Pick<NamedEdit, 'positions' | 'onlyWhile'>;
type Of<Part> = Extract<DraftEdit, Part>;

function featureEdit(
  edit: Of<{ readonly feature: number }>,
  place: Place,
): FeatureEdit | undefined {
  const { sae, feature, operation, amount, unit } = edit;
  const common = {
    ...{ sae, feature, ...place },
    ...(edit.onlyActive && { onlyActive: true }),
    ...(edit.dropsError && { dropsError: true }),
  };
  switch (operation) {
    case 'none':
      return undefined;
    case 'ablate':
      return { ...common, operation };
    case 'clamp':
      return { ...common, operation, amount, ...(unit === 'max' && { unit }) };
    case 'add':
      return {
        ...{ ...common, operation, amount },
        ...((unit === 'max' || unit === 'residual') && { unit }),
      };
    default:
      return { ...common, operation, amount };
  }
}

function directionEdit(
  { name, site, operation, amount, unit }: Of<{ readonly name: string }>,
  place: Place,
): NamedDirectionEdit | undefined {
  const common = { name, site, ...place };
  switch (operation) {
    case 'add':
      return { ...common, operation, amount, ...(unit === 'residual' && { unit }) };
    case 'project':
    case 'cap':
      return { ...common, operation, amount };
    default:
      return undefined;
  }
}

/** `undefined` for ranges and features that cannot be read. */
function placeOf({ onlyWhile, ...edit }: DraftEdit): Place | undefined {
  const positions = positionsOf(edit);
  const gate = isGated(onlyWhile) ? readGate(onlyWhile) : undefined;
  if (positions === undefined || (isGated(onlyWhile) && gate === undefined)) return undefined;
  return {
    ...(Object.keys(positions).length > 0 && { positions }),
    ...(gate && { onlyWhile: gate }),
  };
}

function positionsOf({
  scope,
  ranges,
  skipSpecial,
}: Pick<DraftEdit, 'scope' | 'ranges' | 'skipSpecial'>): EditPositions | undefined {
  const read = readRanges(ranges);
  if (read === undefined) return undefined;
  return {
    ...(scope !== 'all' && { scope }),
    ...(read.length > 0 && { ranges: read }),
    ...(skipSpecial && { skipSpecial }),
  };
}
