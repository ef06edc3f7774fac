// What a painting is made from, and whether it would come out otherwise than what is painted already. Without VS Code.
import type { TokenRows } from '../../documents/tokenTable.ts';

/** Whole lines, both ends included. */
export interface LineRange {
  readonly firstLine: number;
  readonly lastLine: number;
}

export interface PaintBasis {
  /** Of the text; VS Code moves what is painted with an edit, but what the edit touched has to be sent again. */
  readonly version: number;
  /** What is painted: more than what is visible. */
  readonly lines: LineRange;
  readonly rows: readonly TokenRows[];
  /** View, settings, pins and what is known of features, as one text. */
  readonly key: string;
}

/**
 * Lines that are painted and need not be chosen anew: those of the same text that still have all that is visible.
 * @returns `undefined` where there are none
 */
export function linesToKeep(
  painted: Pick<PaintBasis, 'version' | 'lines'> | undefined,
  version: number,
  visible: LineRange,
): LineRange | undefined {
  const keeps = painted?.version === version && holds(painted.lines, visible);
  return keeps ? painted.lines : undefined;
}

export interface PaintMoment {
  readonly visible: LineRange;
  /** The text has changed, and nothing is known of it yet: what is painted stays where the editor has moved it. */
  readonly isTyping: boolean;
}

/** Is there anything new to paint? */
export function isAnythingNew(
  painted: PaintBasis | undefined,
  now: PaintBasis,
  { visible, isTyping }: PaintMoment,
): boolean {
  if (painted?.key !== now.key || !holds(painted.lines, visible)) return true;
  if (isTyping) return false;
  return painted.version !== now.version || !areSameRows(painted.rows, now.rows);
}

export function holds(lines: LineRange, others: LineRange): boolean {
  return lines.firstLine <= others.firstLine && others.lastLine <= lines.lastLine;
}

/** Lines that are in both. */
export function shared(a: LineRange, b: LineRange): LineRange {
  return {
    firstLine: Math.max(a.firstLine, b.firstLine),
    lastLine: Math.min(a.lastLine, b.lastLine),
  };
}

function areSameRows(a: readonly TokenRows[], b: readonly TokenRows[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ batch, first, last, shift }, n) => {
      const other = b[n];
      return (
        other?.batch === batch &&
        other.first === first &&
        other.last === last &&
        other.shift === shift
      );
    })
  );
}
