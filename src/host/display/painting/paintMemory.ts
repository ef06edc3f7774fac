// Remembers what the pieces of a text are painted with, so that an edit has only those painted afresh that came anew: the
// characters below a token cannot change without the token. Without VS Code.
import type { FeatureRef, TokenBatch } from '../../../shared/engineProtocol.ts';
import { featureIndex } from '../../../shared/units.ts';
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { View } from '../../view/view.ts';
import type { PaintFacts } from './facts.ts';
import { LargestActivations } from './largestActivations.ts';
import type { LargestAmong } from './largestActivations.ts';
import { paintView } from './paintView.ts';
import { isSamePiece, outwardsFrom, piecesOf } from './pieces.ts';
import type { Piece } from './pieces.ts';
import type { Stretch } from './stretches.ts';

export interface PaintQuestion {
  readonly view: View;
  readonly facts: Omit<PaintFacts, 'text' | 'textStart'>;
  /** Says which view and facts these are: what was painted under another key counts no more. Maxima may become known. */
  readonly key: string;
  /** Characters of the document. */
  readonly textBetween: (start: number, end: number) => string;
  /** Offset near which is painted first, and number of stretches after which the rest is left out. */
  readonly near: number;
  readonly most: number;
}

/** A part of the text that has been painted. */
export interface PaintedPart {
  readonly stretches: readonly Stretch[];
  /** UTF-16 offsets between which nothing was left out; all of the text where there was room for everything. */
  readonly start: number;
  readonly end: number;
}

/** The maximum of a feature of which none is known. */
interface Guess extends FeatureRef {
  readonly maximum: number;
}

interface Remembered {
  readonly piece: Piece;
  readonly stretches: readonly Stretch[];
  readonly guesses: readonly Guess[];
}

export class PaintMemory {
  #key = '';
  /** By the batch that a piece begins with. */
  #pieces = new Map<TokenBatch, Remembered[]>();
  readonly #largest = new LargestActivations();

  /** Rows of which nothing is remembered. */
  newRows(rows: readonly TokenRows[], key: string): readonly TokenRows[] {
    if (key !== this.#key) return rows;
    return piecesOf(rows).flatMap((piece) =>
      this.#remembered(piece) === undefined ? piece.rows : [],
    );
  }

  forget(): void {
    this.#pieces.clear();
  }

  /** @param rows in text order */
  paint(rows: readonly TokenRows[], question: PaintQuestion): PaintedPart {
    if (question.key !== this.#key) this.forget();
    this.#key = question.key;
    const pieces = paintsOneByOne(question.view) ? piecesOf(rows) : asOnePiece(rows);
    const painted = this.#nearest(pieces, question, this.#largest.among(rows));
    this.#remember(painted);
    const [first, last] = [painted[0]?.piece, painted.at(-1)?.piece];
    return {
      stretches: painted.flatMap(({ stretches }) => stretches),
      start: first === undefined || first.start === pieces[0]?.start ? 0 : first.start,
      end: last === undefined || last.end === pieces.at(-1)?.end ? Infinity : last.end,
    };
  }

  /** As many pieces as there is room for, in text order. @param largest in all that is looked at, painted or not */
  #nearest(
    pieces: readonly Piece[],
    question: PaintQuestion,
    largest: LargestAmong,
  ): readonly Remembered[] {
    const painted = new Map<number, Remembered>();
    let room = question.most;
    for (const index of outwardsFrom(question.near, pieces)) {
      const piece = pieces[index];
      if (piece === undefined || room <= 0) break;
      const one = this.#recall(piece, question, largest) ?? paintPiece(piece, question, largest);
      painted.set(index, one);
      room -= one.stretches.length;
    }
    return [...painted].sort(([a], [b]) => a - b).map(([, one]) => one);
  }

  #remembered(piece: Piece): Remembered | undefined {
    const batch = piece.rows[0]?.batch;
    const known = batch && this.#pieces.get(batch);
    return known?.find((each) => isSamePiece(each.piece, piece));
  }

  #recall(piece: Piece, { facts }: PaintQuestion, largest: LargestAmong): Remembered | undefined {
    const known = this.#remembered(piece);
    const holds = known?.guesses.every(
      ({ sae, feature, maximum }) =>
        !((facts.maximum(sae, feature) ?? 0) > 0) && largest(sae, feature) === maximum,
    );
    return known !== undefined && holds === true ? movedTo(piece, known) : undefined;
  }

  #remember(all: readonly Remembered[]): void {
    this.#pieces = new Map();
    for (const one of all) {
      const batch = one.piece.rows[0]?.batch;
      if (batch === undefined) continue;
      const others = this.#pieces.get(batch);
      if (others === undefined) this.#pieces.set(batch, [one]);
      else others.push(one);
    }
  }
}

/** Whose turn a boundary's colour has depends on the tokens before it in its line. */
function paintsOneByOne({ kind }: View): boolean {
  return kind !== 'boundaries';
}

function asOnePiece(rows: readonly TokenRows[]): readonly Piece[] {
  const pieces = piecesOf(rows);
  const [first, last] = [pieces[0], pieces.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [{ rows, start: first.start, end: last.end }];
}

function paintPiece(
  piece: Piece,
  { view, facts, textBetween }: PaintQuestion,
  largest: LargestAmong,
): Remembered {
  const { rows, start, end } = piece;
  const guesses: Guess[] = [];
  const stretches = paintView(view, rows, {
    ...facts,
    text: textBetween(start, end),
    textStart: start,
    maximum: (sae, feature) => {
      const known = facts.maximum(sae, feature) ?? 0;
      if (known > 0) return known;
      const maximum = largest(sae, feature);
      guesses.push({ sae, feature: featureIndex(feature), maximum });
      return maximum;
    },
  });
  return { piece, stretches, guesses };
}

function movedTo(piece: Piece, known: Remembered): Remembered {
  const shift = piece.start - known.piece.start;
  if (shift === 0) return known;
  const stretches = known.stretches.map((stretch) => ({
    ...stretch,
    start: stretch.start + shift,
    end: stretch.end + shift,
  }));
  return { ...known, piece, stretches };
}
