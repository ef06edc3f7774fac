// Amounts have no bounds, but numbers do: half precision ends at 65504, single precision at 3e38. Behind that a model
// computes NaN for every token, and what is drawn from that, or its loss, means nothing.
import { MonosemError } from '../../shared/errors.ts';
import type { RowPlan } from './editPlan.ts';

/**
 * @param values what the model computed in a row
 * @throws MonosemError `badEdit` where they are no numbers under edits, `unsupportedModel` where they are none without
 */
export function expectNumbers(values: Float32Array, row: RowPlan): void {
  if (!values.includes(NaN)) return;
  throw isEdited(row)
    ? new MonosemError(
        'badEdit',
        'Under these edits the model computes no numbers any more (NaN); choose smaller amounts.',
      )
    : new MonosemError(
        'unsupportedModel',
        'The model computes no numbers on this text (NaN), although nothing is edited; try another variant of it, such as one in float32.',
      );
}

function isEdited({ transforms, amounts }: RowPlan): boolean {
  return amounts.size > 0 || transforms.some((slots) => slots.size > 0);
}
