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
  /** `#rrggbb` for dark backgrounds: contrast with #1e1e1e is at least 4.5, in the standard palette 7.8. */
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
 * The eight colours of Okabe and Ito (“Color Universal Design”, 2008): orange, sky blue, bluish green, yellow, blue,
 * vermillion, reddish purple, and black, which is white on dark. Their lightness and chroma were moved, and their hues by
 * at most 17°, so that they are legible on their backgrounds and the closest two of them, also seen with protanopia,
 * deuteranopia and tritanopia, are as far apart as a search found possible: 0.09 in OKLab, where 0.02 is just noticed.
 */
export const colourBlindSafePalette: readonly PaletteColour[] = [
  { light: '#987000', dark: '#ffa046' },
  { light: '#053f59', dark: '#2b90f3' },
  { light: '#3a7766', dark: '#a8dcba' },
  { light: '#5a4f0c', dark: '#f7df01' },
  { light: '#0468ff', dark: '#58c3fb' },
  { light: '#492000', dark: '#fe501d' },
  { light: '#c20dac', dark: '#bd7e93' },
  { light: '#000000', dark: '#ffffff' },
];

export const palettes: Readonly<Record<PaletteName, readonly PaletteColour[]>> = {
  standard: palette,
  colourBlindSafe: colourBlindSafePalette,
};

/**
 * Index into a palette. Neighbouring ids land far apart: Fibonacci hashing, the top bits of id × 2³² ⁄ φ
 * (Knuth, TAOCP vol. 3, section 6.4).
 */
export function paletteSlot(feature: FeatureIndex, name: PaletteName = 'standard'): number {
  const hashed = Math.imul(feature, 0x9e3779b9) >>> 0;
  return Math.floor((hashed / 2 ** 32) * palettes[name].length);
}

/**
 * In this order slots are given away one by one: the first ones are hues far apart, and eight of them stay different
 * where slots are counted round in the smaller palette.
 */
const slotOrder = [0, 4, 7, 2, 9, 5, 11, 6, 1, 3, 8, 10];

/** The first slot that is free; beyond the palette they go round. */
export function freeSlot(isTaken: (slot: number) => boolean): number {
  for (let round = 0; ; round++) {
    const free = slotOrder.find((slot) => !isTaken(slot + round * slotOrder.length));
    if (free !== undefined) return free + round * slotOrder.length;
  }
}

/** @param slot counted round where the palette is smaller */
export function slotColour(slot: number, name: PaletteName = 'standard'): PaletteColour {
  const colours = palettes[name];
  const colour = colours[slot % colours.length];
  if (colour === undefined) throw new RangeError(`Slot ${slot} lies outside the palette.`);
  return colour;
}

export function featureColour(
  feature: FeatureIndex,
  name: PaletteName = 'standard',
): PaletteColour {
  return slotColour(paletteSlot(feature, name), name);
}
