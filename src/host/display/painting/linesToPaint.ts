// Which lines are painted: what is visible and something around it, so that scrolling shows no bare text; of texts with
// very long lines no more than can be painted at once. Without VS Code.
import type { LineRange } from './paintBasis.ts';

/** Painted above and below what is visible. */
const marginLines = 200;
/** Most characters of them on either side. */
const marginCharacters = 50_000;

/** How a text is cut into lines. */
export interface Lines {
  readonly count: number;
  readonly startOf: (line: number) => number;
  /** The line in which an offset lies. */
  readonly at: (offset: number) => number;
}

/** Most characters painted before and behind the first visible one: of longer lines VS Code shows the beginning only. */
const mostCharacters = 100_000;

export interface Extent {
  readonly lines: LineRange;
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  /** It ends before the last line does. */
  readonly isCut: boolean;
}

/** The part of some lines that is painted. */
export function extentOf(lines: LineRange, visible: LineRange, { startOf }: Lines): Extent {
  const near = startOf(visible.firstLine);
  const end = startOf(lines.lastLine + 1);
  const last = near + mostCharacters;
  return {
    lines,
    start: Math.max(startOf(lines.firstLine), near - mostCharacters),
    end: Math.min(end, last),
    isCut: last < end,
  };
}

export function wholeText({ count, startOf }: Lines): Extent {
  const lines = { firstLine: 0, lastLine: count - 1 };
  return { lines, start: 0, end: startOf(count), isCut: false };
}

export function linesAround(visible: LineRange, lines: Lines): LineRange {
  const earliest = lines.at(Math.max(0, lines.startOf(visible.firstLine) - marginCharacters));
  const latest = lines.at(lines.startOf(visible.lastLine + 1) + marginCharacters);
  return {
    firstLine: Math.min(visible.firstLine, Math.max(visible.firstLine - marginLines, earliest, 0)),
    lastLine: Math.max(
      visible.lastLine,
      Math.min(visible.lastLine + marginLines, latest, lines.count - 1),
    ),
  };
}
