// How the loss of each token changes when a feature is ablated: harder or easier to predict. Without VS Code.
import { lossChangeOf } from '../../../shared/lossChange.ts';
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { PaintFacts } from './facts.ts';
import { paints } from './paint.ts';
import { StretchList } from './stretches.ts';
import type { Stretch } from './stretches.ts';

/** Of tokens that share a character the one that changes most counts. */
export function lossChanges(
  rows: readonly TokenRows[],
  { text, textStart, ablatedLoss }: Pick<PaintFacts, 'text' | 'textStart' | 'ablatedLoss'>,
): readonly Stretch[] {
  const list = new StretchList();
  for (const { batch, first, last, shift } of rows) {
    const { ids, starts, ends } = batch;
    for (let row = first; row < last; row++) {
      const [start, end] = [(starts[row] ?? 0) + shift, (ends[row] ?? 0) + shift];
      const loss = ablatedLoss(start, ids[row] ?? 0);
      if (loss === undefined) continue;
      const change = loss.ablated - loss.baseline;
      const size = Math.abs(change);
      const painted = lossChangeOf(change);
      if (painted === undefined) continue;
      const paint = paints[painted.kind](painted.level);
      list.add({ start, end, weight: size, paint, strength: size });
    }
  }
  return list.withoutBlanks(text, textStart);
}
