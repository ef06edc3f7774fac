// A text cut into pieces that can be painted one by one: rows of different pieces share no character. Without VS Code.
import type { TokenRows } from '../../documents/tokenTable.ts';

/** In text order; never empty. Nearly always the rows of one batch. */
export interface Piece {
  readonly rows: readonly TokenRows[];
  /** UTF-16 offsets of the first character and behind the last one. */
  readonly start: number;
  readonly end: number;
}

/** @param rows in text order */
export function piecesOf(rows: readonly TokenRows[]): readonly Piece[] {
  const pieces: { readonly rows: TokenRows[]; readonly start: number; end: number }[] = [];
  for (const each of rows) {
    const { batch, first, last, shift } = each;
    const start = (batch.starts[first] ?? 0) + shift;
    const end = (batch.ends[last - 1] ?? 0) + shift;
    const previous = pieces.at(-1);
    if (previous === undefined || start >= previous.end) pieces.push({ rows: [each], start, end });
    else {
      previous.rows.push(each);
      previous.end = Math.max(previous.end, end);
    }
  }
  return pieces;
}

/** The same tokens with the same readings at the same distances from each other; they may lie elsewhere in the text. */
export function isSamePiece(a: Piece, b: Piece): boolean {
  return (
    a.rows.length === b.rows.length &&
    a.rows.every(({ batch, first, last, shift }, n) => {
      const other = b.rows[n];
      return (
        other?.batch === batch &&
        other.first === first &&
        other.last === last &&
        other.shift - shift === b.start - a.start
      );
    })
  );
}

/** Indices of pieces by their distance from a place in the text: the one that is there, then one behind and one before. */
export function* outwardsFrom(offset: number, pieces: readonly Piece[]): Generator<number> {
  const found = pieces.findIndex(({ end }) => end > offset);
  const middle = found < 0 ? pieces.length - 1 : found;
  for (let distance = 0; distance < pieces.length; distance++) {
    if (middle + distance < pieces.length) yield middle + distance;
    if (distance > 0 && distance <= middle) yield middle - distance;
  }
}
