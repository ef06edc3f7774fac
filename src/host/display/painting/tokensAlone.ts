// What tokens are without any feature: how little the model expected them, and where they begin and end. Without VS Code.
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { PaintFacts } from './facts.ts';
import { paints } from './paint.ts';
import { surpriseLevel } from './strength.ts';
import { StretchList } from './stretches.ts';
import type { Stretch } from './stretches.ts';

type Text = Pick<PaintFacts, 'text' | 'textStart'>;

/** Tokens the model did not expect. Of tokens that share a character the most surprising one counts. */
export function surprises(
  rows: readonly TokenRows[],
  { text, textStart }: Text,
): readonly Stretch[] {
  const list = new StretchList();
  for (const { batch, first, last, shift } of rows) {
    const { starts, ends, losses } = batch;
    for (let row = first; row < last; row++) {
      const loss = losses?.[row] ?? NaN;
      const level = surpriseLevel(loss);
      if (level < 0) continue;
      const [start, end] = [(starts[row] ?? 0) + shift, (ends[row] ?? 0) + shift];
      list.add({ start, end, weight: loss, paint: paints.surprise(level), strength: loss });
    }
  }
  return list.withoutBlanks(text, textStart);
}

/**
 * Tokens in turns of two colours, blanks included. The turns begin anew with every line, so that an edit changes the
 * colours of no other line; tokens that share a character are one stretch, because nothing can be drawn inside it.
 */
export function boundaries(
  rows: readonly TokenRows[],
  { text, textStart }: Text,
): readonly Stretch[] {
  const found: Stretch[] = [];
  let parity = 0;
  let lineEnd = text.indexOf('\n');
  for (const { start, end } of marks(rows)) {
    const shown = withoutLineBreaks(text, start - textStart, end - textStart);
    if (shown === undefined) continue;
    const [first, last] = shown;
    if (lineEnd >= 0 && lineEnd < first) {
      lineEnd = text.indexOf('\n', first);
      parity = 0;
    }
    const paint = paints.boundary(parity);
    found.push({ start: first + textStart, end: last + textStart, paint, strength: 0 });
    parity = 1 - parity;
  }
  return found;
}

interface Mark {
  readonly start: number;
  end: number;
}

function marks(rows: readonly TokenRows[]): readonly Mark[] {
  const found: Mark[] = [];
  for (const { batch, first, last, shift } of rows) {
    for (let row = first; row < last; row++) {
      const [start, end] = [(batch.starts[row] ?? 0) + shift, (batch.ends[row] ?? 0) + shift];
      const previous = found.at(-1);
      if (previous !== undefined && start < previous.end)
        previous.end = Math.max(previous.end, end);
      else found.push({ start, end });
    }
  }
  return found;
}

function withoutLineBreaks(
  text: string,
  from: number,
  to: number,
): readonly [start: number, end: number] | undefined {
  let [start, end] = [from, to];
  while (start < end && isLineBreak(text, start)) start++;
  while (start < end && isLineBreak(text, end - 1)) end--;
  return start < end ? [start, end] : undefined;
}

function isLineBreak(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x0a || code === 0x0d;
}
