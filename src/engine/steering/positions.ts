// Which tokens an edit touches.
import type { EditPositions, PositionRange } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';

/** What a sequence is made of. */
export interface SequenceFacts {
  /** Tokens of it that were given and not generated, BOS included. */
  readonly promptLength: number;
  readonly specialIds: ReadonlySet<number>;
}

/** @param position 0 for the first token of the sequence */
export type Touches = (position: number, id: number) => boolean;

/** @throws MonosemError `badEdit` for a range that is none */
export function touchesOf(
  { scope = 'all', ranges, skipSpecial = false }: EditPositions,
  { promptLength, specialIds }: SequenceFacts,
): Touches {
  for (const range of ranges ?? []) expectRange(range);
  return (position, id) =>
    (scope === 'all' || (scope === 'prompt') === position < promptLength) &&
    (ranges === undefined || ranges.some((range) => isIn(range, position))) &&
    !(skipSpecial && specialIds.has(id));
}

function isIn({ from, to = Infinity }: PositionRange, position: number): boolean {
  return position >= from && position < to;
}

function expectRange({ from, to }: PositionRange): void {
  const isRange =
    Number.isInteger(from) &&
    from >= 0 &&
    (to === undefined || (Number.isInteger(to) && to > from));
  if (isRange) return;
  throw new MonosemError(
    'badEdit',
    `The positions ${from} to ${to ?? 'the end'} are no range; give two whole numbers from 0, the second one larger.`,
  );
}
