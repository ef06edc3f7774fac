// The colour of a feature as a small square, for hovers and lists. Without VS Code.
import type { PaletteColour } from '../../../shared/palette.ts';

/** Side in pixels. */
const side = 10;

/** As the address of an image that shows on any background: the colour for dark themes with the one for light ones around it. */
export function swatchAddress({ dark, light }: PaletteColour): string {
  return svgAddress(`fill="${dark}" stroke="${light}"`);
}

/** The same for one theme each, as icons are given. */
export function swatchIcons({ dark, light }: PaletteColour): {
  readonly light: string;
  readonly dark: string;
} {
  return { light: svgAddress(`fill="${light}"`, 3), dark: svgAddress(`fill="${dark}"`, 3) };
}

/** Few colours are there, and many rows. */
const made = new Map<string, string>();

/** @param margin around the square, so that it is no larger than other icons */
function svgAddress(paint: string, margin = 0): string {
  const key = `${paint} ${margin}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const size = side + 2 * margin;
  const place = `x="${margin}" y="${margin}" width="${side}" height="${side}" rx="2"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect ${place} ${paint}/></svg>`;
  const address = `data:image/svg+xml;base64,${btoa(svg)}`;
  made.set(key, address);
  return address;
}
