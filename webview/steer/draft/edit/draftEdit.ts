// One edit as the user arranges it: everything the controls of a row can say. What an operation does not use is kept all
// the same, so that trying another one loses nothing. Pure.
import type { SteerEdit, SteerScope } from '../../../../src/shared/engineProtocol.ts';
import type { Gate } from './gate.ts';
import { type EditTarget, bareTarget } from './target.ts';

export type Operation = SteerEdit['operation'] | 'none';

/** What an amount is counted in; see `FeatureEdit` and `DirectionEdit`. */
export type Unit = 'activation' | 'max' | 'direction' | 'residual';

/** What the controls of a row say. */
export interface EditValues {
  readonly operation: Operation;
  readonly amount: number;
  readonly unit: Unit;
  readonly scope: SteerScope;
  /** As typed, e.g. `4-9, 12-`; empty for all tokens of the scope. */
  readonly ranges: string;
  readonly skipSpecial: boolean;
  /** Of a feature only: a direction is never active. */
  readonly onlyActive: boolean;
  /** Of a feature only: a direction has no error. */
  readonly dropsError: boolean;
  readonly onlyWhile?: Gate;
}

export type DraftEdit = EditTarget & EditValues;

/** What can be chosen for an edit. */
interface Choices {
  readonly operations: readonly Operation[];
  readonly units: readonly Unit[];
}

const ofFeatures: Choices = {
  operations: ['none', 'ablate', 'scale', 'clamp', 'add', 'project', 'cap'],
  units: ['activation', 'max', 'residual'],
};

const ofDirections: Choices = {
  operations: ['none', 'add', 'project', 'cap'],
  units: ['direction', 'residual'],
};

export function choicesFor(target: EditTarget): Choices {
  return 'feature' in target ? ofFeatures : ofDirections;
}

/** The unit of an amount where an edit names none. */
export function plainUnit(target: EditTarget): Unit {
  return 'feature' in target ? 'activation' : 'direction';
}

export function noEdit(target: EditTarget): DraftEdit {
  return {
    ...bareTarget(target),
    ...{ operation: 'none', amount: 0, unit: plainUnit(target) },
    ...{ scope: 'all', ranges: '', skipSpecial: false, onlyActive: false, dropsError: false },
  };
}
