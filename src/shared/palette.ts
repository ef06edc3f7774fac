// The colour of a feature, the same in the editor, the hovers and every view, today and tomorrow: it depends on the
// feature's id and on nothing else. Pure numbers and strings; how a colour is painted is decided elsewhere.
import type { FeatureIndex } from './units.ts';

/** Choices of colours; the second one is told apart with every common kind of colour blindness. */
export const paletteNames = ['standard', 'colourBlindSafe'] as const;
export type PaletteName = (typeof paletteNames)[number];

/** One hue in its two versions. */
export interface PaletteColour {
  /** `#rrggbb` for light backgrounds: contrast with white is at least 4.5. */
  readonly light: string;
  /** `#rrggbb` for dark backgrounds: contrast with #1e1e1e is at least 7.8. */
  readonly dark: string;
}

/**
 * Twelve hues 30° apart in OKLCH, so that no colour looks stronger than another: L 0.55, C ≤ 0.17 on light,
 * L 0.78, C ≤ 0.14 on dark (chroma lowered where sRGB ends).
 */
export const palette: readonly PaletteColour[] = [
  { light: '#c13c3b', dark: '#ff958e' },
  { light: '#ac5701', dark: '#fb9d59' },
  { light: '#8f6b02', dark: '#e0af3b' },
  { light: '#707902', dark: '#b5c24e' },
  { light: '#098926', dark: '#7acf7e' },
  { light: '#09856e', dark: '#28d4b2' },
  { light: '#0a818b', dark: '#0dcfdf' },
  { light: '#037bab', dark: '#55c4fe' },
  { light: '#3f69d3', dark: '#95b6fe' },
  { light: '#7b57c8', dark: '#bda7fe' },
  { light: '#a146a7', dark: '#e497e8' },
  { light: '#b83b76', dark: '#fc90bc' },
];

/**
 * Index into `palette`. Neighbouring ids land far apart: Fibonacci hashing, the top bits of id × 2³² ⁄ φ
 * (Knuth, TAOCP vol. 3, section 6.4).
 */
export function paletteSlot(feature: FeatureIndex): number {
  const hashed = Math.imul(feature, 0x9e3779b9) >>> 0;
  return Math.floor((hashed / 2 ** 32) * palette.length);
}

export function featureColour(feature: FeatureIndex): PaletteColour {
  const colour = palette[paletteSlot(feature)];
  if (colour === undefined) throw new RangeError('A palette slot lies outside the palette.');
  return colour;
}
