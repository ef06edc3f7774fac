// The colours of features as pictures for lists, made once each. Without VS Code.
import { featureColour, slotColour } from '../../../shared/palette.ts';
import type { PaletteColour, PaletteName } from '../../../shared/palette.ts';
import { featureIndex } from '../../../shared/units.ts';
import { swatchIcons } from './hoverSwatch.ts';

/** Addresses of the picture for light and for dark themes. */
export type Swatch = ReturnType<typeof swatchIcons>;

const made = new Map<PaletteColour, Swatch>();

/** In the colour that the feature has everywhere. */
export function featureSwatch(feature: number, palette: PaletteName): Swatch {
  return swatchOf(featureColour(featureIndex(feature), palette));
}

/** In the colour of a pinned feature. */
export function pinnedSwatch(slot: number, palette: PaletteName): Swatch {
  return swatchOf(slotColour(slot, palette));
}

/** In a colour that is known already. */
export function swatchOf(colour: PaletteColour): Swatch {
  const swatch = made.get(colour) ?? swatchIcons(colour);
  made.set(colour, swatch);
  return swatch;
}
