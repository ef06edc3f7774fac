// Amounts in multiples of a feature's largest known activation, as activations.
import type { FeatureEdit, FeatureRef, SteerEdit } from '../../shared/engineProtocol.ts';
import { isFeatureEdit } from './edits.ts';

/** The largest activation that the feature store knows, above 0. @throws MonosemError where there is none */
export type MaxActivation = (ref: FeatureRef) => Promise<number>;

/** @throws whatever `maxOf` throws, for edits that need it */
export async function resolveUnits(
  edits: readonly SteerEdit[],
  maxOf: MaxActivation,
): Promise<SteerEdit[]> {
  const resolved: SteerEdit[] = [];
  for (const edit of edits) {
    const isInMaxima = isFeatureEdit(edit) && 'unit' in edit && edit.unit === 'max';
    resolved.push(isInMaxima ? inActivation(edit, await maxOf(edit)) : edit);
  }
  return resolved;
}

function inActivation(edit: FeatureEdit, max: number): FeatureEdit {
  return edit.operation === 'add' || edit.operation === 'clamp'
    ? { ...edit, amount: edit.amount * max, unit: 'activation' }
    : edit;
}
