// What an edit means, as numbers. A change of a feature is f' = gain · f + bias for its activation f, and the stream
// moves by (f' − f) · W_dec: the SAE's error term is untouched by construction (Templeton et al. 2024, "Scaling
// Monosemanticity", methods: x' = SAE(x)' + error). Everything else happens along a direction.
import { MonosemError } from '../../shared/errors.ts';
import type { DirectionEdit, FeatureEdit, SteerEdit } from '../../shared/engineProtocol.ts';

/** f' = gain · f + bias. */
export interface Transform {
  readonly gain: number;
  readonly bias: number;
}

export const identity: Transform = { gain: 1, bias: 0 };

/** `first`, then `second`. */
export function compose(first: Transform, second: Transform): Transform {
  return { gain: second.gain * first.gain, bias: second.gain * first.bias + second.bias };
}

/** What is done along a direction, see `emitDirection`. */
export type DirectionKind = 'add' | 'addNorm' | 'project' | 'cap';

export function isFeatureEdit(edit: SteerEdit): edit is FeatureEdit {
  return 'feature' in edit;
}

/** How people call what is edited. */
export function nameOfTarget(edit: SteerEdit): string {
  if (isFeatureEdit(edit)) return `feature ${edit.feature}`;
  return edit.name === undefined ? `a direction at ${edit.site}` : `the direction "${edit.name}"`;
}

/**
 * What becomes of the feature's activation; `undefined` for an edit along the direction of its decoder row.
 * @throws MonosemError `badEdit`, naming the feature
 */
export function transformOf(edit: FeatureEdit): Transform | undefined {
  expectFinite(edit);
  switch (edit.operation) {
    case 'ablate':
      return { gain: 0, bias: 0 };
    case 'scale':
      return { gain: edit.amount, bias: 0 };
    case 'clamp':
      expectResolved(edit);
      return { gain: 0, bias: edit.amount };
    case 'add':
      if (edit.unit === 'residual') return undefined;
      expectResolved(edit);
      return { gain: 1, bias: edit.amount };
    case 'project':
    case 'cap':
      return undefined;
  }
}

/** What an edit does along its direction. @throws MonosemError `badEdit` */
export function directionKindOf(edit: SteerEdit): DirectionKind {
  expectFinite(edit);
  if (edit.operation === 'project' || edit.operation === 'cap') return edit.operation;
  return edit.operation === 'add' && edit.unit === 'residual' ? 'addNorm' : 'add';
}

/** The one number of an edit. */
export function amountOf(edit: SteerEdit): number {
  return edit.operation === 'ablate' ? 0 : edit.amount;
}

/** The same edit by another amount; an ablation has none. */
export function withAmount<E extends FeatureEdit | DirectionEdit>(edit: E, amount: number): E {
  return edit.operation === 'ablate' ? edit : { ...edit, amount };
}

/** @throws MonosemError `badEdit` */
function expectFinite(edit: SteerEdit): void {
  if (Number.isFinite(amountOf(edit))) return;
  throw new MonosemError(
    'badEdit',
    `The amount of "${edit.operation}" on ${nameOfTarget(edit)} is not a finite number; give one such as 2.5.`,
  );
}

/** Multiples of the largest activation are activations by the time a graph sees them, see `resolveUnits`. */
function expectResolved(edit: FeatureEdit & { readonly unit?: string }): void {
  if (edit.unit === 'max') {
    throw new MonosemError(
      'internal',
      `The unit of the edit of feature ${edit.feature} is unknown.`,
    );
  }
}
