// Small squares in the colours of features, as pictures for lists. The only place that knows how lists come by the colour
// of a feature. Without VS Code.
import { featureColour, palette } from '../../../shared/palette.ts';
import type { PaletteColour } from '../../../shared/palette.ts';
import { featureIndex } from '../../../shared/units.ts';

/** Addresses of the picture for light and for dark themes. */
export interface Swatch {
  readonly light: string;
  readonly dark: string;
}

const made = new Map<PaletteColour, Swatch>();

/** In the colour that the feature has everywhere. */
export function featureSwatch(feature: number): Swatch {
  return swatchOf(featureColour(featureIndex(feature)));
}

/** In the colour of a pinned feature. @param slot counted round when the palette is smaller */
export function pinnedSwatch(slot: number): Swatch {
  const colour = palette[slot % palette.length];
  if (colour === undefined) throw new RangeError('A palette slot lies outside the palette.');
  return swatchOf(colour);
}

function swatchOf(colour: PaletteColour): Swatch {
  const known = made.get(colour);
  if (known !== undefined) return known;
  const swatch = { light: picture(colour.light), dark: picture(colour.dark) };
  made.set(colour, swatch);
  return swatch;
}

/** Sixteen units wide, as icons of lists are. */
function picture(colour: string): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16"><rect x="3" y="3" width="10" height="10" rx="2" fill="${colour}"/></svg>`;
  return `data:image/svg+xml;base64,${btoa(svg)}`;
}
