// What a paint looks like in an editor: a background that text stays readable on, or lines below the text where a
// background would eat contrast. Without VS Code.
import type { Paint } from './paint.ts';

/** Colours are ids of theme colours; widths and styles as CSS has them. */
export interface DecorationStyle {
  readonly background?: string;
  readonly border?: {
    readonly colour: string;
    readonly width: string;
    readonly style: 'solid' | 'dotted';
  };
  readonly radius?: string;
  readonly onRuler?: string;
}

/** In high contrast the level is the width of the line: all lines have the same contrast. */
export function decorationStyle(paint: Paint, isHighContrast: boolean): DecorationStyle {
  const { kind, colour, onRuler } = paint;
  const ruler = onRuler === undefined ? {} : { onRuler };
  if (kind === 'otherPins') {
    // Above the text where the colour is a line below it.
    const width = isHighContrast ? '1px 0 0 0' : '0 0 1px 0';
    return { border: { colour, width, style: 'dotted' } };
  }
  if (isHighContrast) return { border: lineBelow(paint), ...ruler };
  return { background: colour, radius: '2px', ...ruler };
}

function lineBelow({ kind, level, colour }: Paint): NonNullable<DecorationStyle['border']> {
  // Two hues tell nobody apart who sees no colours.
  if (kind === 'easier') return { colour, width: `0 0 ${level + 1}px 0`, style: 'dotted' };
  if (kind !== 'boundary') return { colour, width: `0 0 ${level + 1}px 0`, style: 'solid' };
  return { colour, width: '0 0 2px 0', style: level === 0 ? 'solid' : 'dotted' };
}
