// Where a feature is strongest in a text, and what stands there. Without VS Code.
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { FeatureRef, SaeReading } from '../../../shared/engineProtocol.ts';
import { visibleToken } from './featureText.ts';

export interface Occurrence {
  /** UTF-16 offsets. */
  readonly start: number;
  readonly end: number;
  readonly activation: number;
}

/** The strongest ones first, `most` of them; of equal ones that which comes first. */
export function strongestTokens(
  parts: readonly TokenRows[],
  { sae, feature }: FeatureRef,
  { most, showsOn }: { readonly most: number; readonly showsOn: (tokenId: number) => boolean },
): readonly Occurrence[] {
  const found: Occurrence[] = [];
  for (const { batch, first, last, shift } of parts) {
    const reading = batch.readings.find((each) => each.sae === sae);
    if (reading === undefined) continue;
    for (let row = first; row < last; row++) {
      const activation = activationIn(reading, row, feature);
      if (activation <= 0 || !showsOn(batch.ids[row] ?? 0)) continue;
      const start = (batch.starts[row] ?? 0) + shift;
      found.push({ start, end: (batch.ends[row] ?? 0) + shift, activation });
    }
  }
  return found.sort((a, b) => b.activation - a.activation || a.start - b.start).slice(0, most);
}

function activationIn(reading: SaeReading, row: number, feature: number): number {
  const { slots, features, activations } = reading;
  for (let at = row * slots; at < (row + 1) * slots; at++) {
    if (features[at] === feature) return activations[at] ?? 0;
  }
  return 0;
}

export interface Excerpt {
  readonly text: string;
  /** UTF-16 range of the token in it. */
  readonly highlight: readonly [start: number, end: number];
}

/** Characters of its line that are shown before and behind a token. */
const before = 20;
const behind = 30;

/** A token with what surrounds it in its line; what would not show is made visible. */
export function excerptAt(text: string, start: number, end: number): Excerpt {
  const raw = text.slice(start, end);
  // The blank that most tokens begin with reads better as a blank, unless there is nothing else.
  const blanks = raw.trim() === '' ? '' : (/^ */.exec(raw)?.[0] ?? '');
  const head = shown(headOf(text.slice(Math.max(0, start - before - 1), start))) + blanks;
  const token = visibleToken(raw.slice(blanks.length));
  const tail = shown(tailOf(text.slice(end, end + behind + 1)));
  return { text: head + token + tail, highlight: [head.length, head.length + token.length] };
}

/** The part in the token's line; `…` where the line begins earlier. */
function headOf(text: string): string {
  const line = text.slice(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1);
  if (line.length <= before) return line.trimStart();
  // From a whole word on, where there is one; never from the second half of a character.
  const word = line.indexOf(' ');
  return `…${line.slice(word < 0 || word === line.length - 1 ? 1 : word + 1).replace(/^[\uDC00-\uDFFF]/, '')}`;
}

function tailOf(text: string): string {
  const [line = ''] = text.split(/[\r\n]/, 1);
  if (line.length <= behind) return line.trimEnd();
  return `${line.slice(0, -1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

function shown(text: string): string {
  return text.replaceAll(/\s/g, ' ').replaceAll(/\p{Cc}|\p{Cf}/gu, '�');
}
