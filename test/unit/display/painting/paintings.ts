// What the tests of painting share: rows of tokens, the facts of a window in which nothing is known or left out, and
// stretches in few words.
import type { PaintFacts } from '../../../../src/host/display/painting/facts.ts';
import type { Stretch } from '../../../../src/host/display/painting/stretches.ts';
import { TokenTable } from '../../../../src/host/documents/tokenTable.ts';
import type { TokenRows } from '../../../../src/host/documents/tokenTable.ts';
import type { SaeReading } from '../../../../src/shared/engineProtocol.ts';
import { batchOf, oneSae } from '../../host/batches.ts';
import type { Row } from '../../host/batches.ts';

export function rowsOf(
  rows: readonly Row[],
  topK = 1,
  others: readonly SaeReading[] = [],
): readonly TokenRows[] {
  const table = new TokenTable();
  table.insert(batchOf(0, rows, topK, others), 1);
  return table.rowsBetween(0, Number.MAX_SAFE_INTEGER);
}

export function factsOf(text: string, more: Partial<PaintFacts> = {}): PaintFacts {
  return {
    text,
    textStart: 0,
    shown: oneSae,
    saes: [oneSae],
    pinned: [],
    palette: 'standard',
    threshold: 0,
    shows: () => true,
    showsOn: () => true,
    ablatedLoss: () => undefined,
    maximum: () => undefined,
    ...more,
  };
}

/** `start-end:feature@level` */
export function words(stretches: readonly Stretch[]): readonly string[] {
  return stretches.map(
    ({ start, end, feature, paint }) =>
      `${start}-${end}:${feature?.feature ?? paint.kind}@${paint.level}`,
  );
}
