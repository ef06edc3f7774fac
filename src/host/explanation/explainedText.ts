// What the engine is asked where a next token is explained: the text before a place, and the tokens whose features are
// ablated. Pure: offsets and strings.
import type { TokenStretch } from '../../shared/engineProtocol.ts';
import { charOffset } from '../../shared/units.ts';

/** UTF-16 offsets. */
export interface ExplainedPlace {
  /** Where the tokens begin whose features are ablated; the last one before `end` when absent. */
  readonly start?: number;
  /** What the model expects here is explained. */
  readonly end: number;
}

export interface ExplainedText {
  readonly text: string;
  readonly tokens?: TokenStretch;
}

/**
 * Blanks before the place go: models continue words, not the blank after them, which belongs to the next token.
 * @returns `undefined` where no text precedes the place
 */
export function explainedText(
  text: string,
  { start, end }: ExplainedPlace,
): ExplainedText | undefined {
  const before = text.slice(0, withoutBlanks(text, end));
  if (before === '') return undefined;
  const first = start === undefined ? -1 : before.slice(start).search(/\S/);
  if (start === undefined || first < 0) return { text: before };
  const at = (offset: number): TokenStretch['first'] => ({ offset: charOffset(offset) });
  return { text: before, tokens: { first: at(start + first), last: at(before.length - 1) } };
}

function withoutBlanks(text: string, end: number): number {
  let kept = Math.min(end, text.length);
  while (kept > 0 && (text[kept - 1] === ' ' || text[kept - 1] === '\t')) kept--;
  return kept;
}
