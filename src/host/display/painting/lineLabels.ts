// The strongest painted feature of each line, to be named behind its end. Without VS Code.
import type { FeatureRef } from '../../../shared/engineProtocol.ts';
import type { View } from '../../view/view.ts';
import { oneLine } from '../oneLine.ts';
import type { PaintFacts } from './facts.ts';
import type { Stretch } from './stretches.ts';

export interface LineLabel {
  /** End of the line without its line break, UTF-16 offset. */
  readonly at: number;
  readonly text: string;
}

/** Longer names are cut: they are a hint, not a text. In characters. */
const longestLabel = 60;

/** Do the colours of a view stand for features? */
export function hasLineLabels({ kind }: View): boolean {
  return ['top', 'merged', 'neurons', 'feature', 'pinned'].includes(kind);
}

/**
 * @param stretches in text order
 * @param labelOf what a feature is about; may be empty
 */
export function lineLabels(
  stretches: readonly Stretch[],
  { text, textStart }: Pick<PaintFacts, 'text' | 'textStart'>,
  labelOf: (feature: FeatureRef) => string,
): readonly LineLabel[] {
  const labels: LineLabel[] = [];
  let best: Stretch | undefined;
  let lineEnd = -1;
  const finish = (): void => {
    const { feature } = best ?? {};
    if (feature === undefined) return;
    labels.push({ at: lineEnd + textStart, text: labelText(feature, labelOf(feature)) });
  };
  for (const stretch of stretches) {
    if (stretch.paint.kind !== 'feature') continue;
    const from = stretch.start - textStart;
    if (from >= lineEnd) {
      finish();
      lineEnd = endOfLine(text, from);
      best = undefined;
    }
    if (stretch.strength > (best?.strength ?? 0)) best = stretch;
  }
  finish();
  return labels;
}

function labelText({ feature }: FeatureRef, label: string): string {
  const words = oneLine(label);
  const named = words === '' ? `#${feature}` : `#${feature} ${words}`;
  const characters = named.length > longestLabel ? Array.from(named) : [];
  return characters.length > longestLabel
    ? `${characters.slice(0, longestLabel - 1).join('')}…`
    : named;
}

function endOfLine(text: string, from: number): number {
  const lineBreak = text.indexOf('\n', from);
  const end = lineBreak < 0 ? text.length : lineBreak;
  return text.charAt(end - 1) === '\r' ? end - 1 : end;
}
