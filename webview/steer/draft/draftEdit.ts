// One edit as the user arranges it: everything the controls of a feature's row can say. What an operation does not use is
// kept all the same, so that trying another one loses nothing. Pure.
import type {
  EditPositions,
  FeatureEdit,
  FeatureRef,
  SteerScope,
} from '../../../src/shared/engineProtocol.ts';
import type { SteerFeature } from '../../../src/shared/webviewProtocol.ts';
import { rangesText, readRanges } from './tokenRanges.ts';

export type Operation = FeatureEdit['operation'] | 'none';

/** What an amount is counted in; see `FeatureEdit`. */
export type Unit = 'activation' | 'max' | 'residual';

export interface DraftEdit extends FeatureRef {
  readonly operation: Operation;
  readonly amount: number;
  readonly unit: Unit;
  readonly scope: SteerScope;
  /** As typed, e.g. `4-9, 12-`; empty for all tokens of the scope. */
  readonly ranges: string;
  readonly skipSpecial: boolean;
  readonly onlyActive: boolean;
  readonly dropsError: boolean;
  /** No control of the view sets it; an edit that came with it keeps it. */
  readonly onlyWhile?: FeatureRef;
}

export function noEdit({ sae, feature }: FeatureRef): DraftEdit {
  return {
    ...{ sae, feature, operation: 'none', amount: 0, unit: 'activation' },
    ...{ scope: 'all', ranges: '', skipSpecial: false, onlyActive: false, dropsError: false },
  };
}

/** What the feature store knows as its largest activation; 0 where it knows none. */
export function knownMax({ inStore, brief }: SteerFeature): number {
  return inStore ? Math.max(0, brief.maxActivation) : 0;
}

/** The units an operation can have; none where its amount is a bare number. */
export function unitsOf(operation: Operation, max: number): readonly Unit[] {
  const ofActivation: readonly Unit[] = max > 0 ? ['max', 'activation'] : ['activation'];
  if (operation === 'clamp') return ofActivation;
  return operation === 'add' ? [...ofActivation, 'residual'] : [];
}

export function fromEdit(edit: FeatureEdit): DraftEdit {
  const { positions: { scope = 'all', ranges = [], skipSpecial = false } = {}, onlyWhile } = edit;
  return {
    ...noEdit(edit),
    operation: edit.operation,
    amount: 'amount' in edit ? edit.amount : 0,
    unit: ('unit' in edit ? edit.unit : undefined) ?? 'activation',
    ...{ scope, ranges: rangesText(ranges), skipSpecial },
    ...{ onlyActive: edit.onlyActive === true, dropsError: edit.dropsError === true },
    ...(onlyWhile && { onlyWhile }),
  };
}

/** The edit as the host wants it, without what is the rule anyway; `undefined` for none and for ranges that are none. */
export function toEdit(edit: DraftEdit): FeatureEdit | undefined {
  const { sae, feature, operation, amount, unit } = edit;
  const places = placeOf(edit);
  if (operation === 'none' || places === undefined) return undefined;
  const common = { sae, feature, ...places };
  switch (operation) {
    case 'ablate':
      return { ...common, operation };
    case 'clamp':
      return { ...common, operation, amount, ...(unit === 'max' && { unit }) };
    case 'add':
      return { ...common, operation, amount, ...(unit !== 'activation' && { unit }) };
    default:
      return { ...common, operation, amount };
  }
}

function placeOf(
  edit: DraftEdit,
): Pick<FeatureEdit, 'positions' | 'onlyActive' | 'onlyWhile' | 'dropsError'> | undefined {
  const positions = positionsOf(edit);
  return (
    positions && {
      ...(Object.keys(positions).length > 0 && { positions }),
      ...(edit.onlyActive && { onlyActive: true }),
      ...(edit.dropsError && { dropsError: true }),
      ...(edit.onlyWhile && { onlyWhile: edit.onlyWhile }),
    }
  );
}

function positionsOf({ scope, ranges, skipSpecial }: DraftEdit): EditPositions | undefined {
  const read = readRanges(ranges);
  if (read === undefined) return undefined;
  return {
    ...(scope !== 'all' && { scope }),
    ...(read.length > 0 && { ranges: read }),
    ...(skipSpecial && { skipSpecial }),
  };
}
