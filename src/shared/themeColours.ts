// The theme colours that Monosem contributes, with what they are in each kind of theme. package.json repeats them
// (`node scripts/writeThemeColours.ts` writes them there), a test holds both together. In light and dark themes colours of
// tokens lie behind text, so they are as strong as the text's contrast allows; in high contrast they are lines below it.
import { palettes } from './palette.ts';
import type { PaletteColour, PaletteName } from './palette.ts';

/** As package.json has it. */
export interface ThemeColourContribution {
  readonly id: string;
  /** Key of package.nls.json, between `%`. */
  readonly description: string;
  readonly defaults: ThemeDefaults;
}

/** `#rrggbb` or `#rrggbbaa` */
export interface ThemeDefaults {
  readonly light: string;
  readonly dark: string;
  readonly highContrast: string;
  readonly highContrastLight: string;
}

/** Levels of strength in which features and losses are painted. */
export const levels = 4;

/** The beginning of the names of a palette's colours. */
const paletteWords: Readonly<Record<PaletteName, string>> = {
  standard: 'feature',
  colourBlindSafe: 'safe',
};

/** Opacity per level, weakest first: the default text keeps a contrast of at least 4.5. */
interface Opacities {
  readonly light: readonly number[];
  readonly dark: readonly number[];
}

const paletteOpacities: Readonly<Record<PaletteName, Opacities>> = {
  standard: { light: [0.1, 0.19, 0.29, 0.42], dark: [0.12, 0.2, 0.28, 0.35] },
  colourBlindSafe: { light: [0.12, 0.19, 0.27, 0.35], dark: [0.09, 0.14, 0.19, 0.245] },
};
const scaleOpacities: Opacities = { light: [0.1, 0.2, 0.33, 0.48], dark: [0.1, 0.18, 0.27, 0.36] };
const boundaryOpacities: Opacities = { light: [0.1, 0.22], dark: [0.1, 0.24] };

/** One hue each, so that strength alone tells steps apart. */
const heat: PaletteColour = { light: '#ac5701', dark: '#fb9d59' };
const surprise: PaletteColour = { light: '#7b57c8', dark: '#bda7fe' };
/** Told apart by people with any kind of colour blindness. */
const harder: PaletteColour = { light: '#ac5701', dark: '#fb9d59' };
const easier: PaletteColour = { light: '#3f69d3', dark: '#95b6fe' };
const boundary: PaletteColour = { light: '#3f69d3', dark: '#95b6fe' };

/** Ids of theme colours, slots and levels counted from 0; names count from 1, as people do. */
export const colourIds = {
  feature: (name: PaletteName, slot: number, level: number): string =>
    `${slotId(name, slot)}.level${level + 1}`,
  featureOnRuler: (name: PaletteName, slot: number): string =>
    `${slotId(name, slot)}.overviewRuler`,
  heat: (level: number): string => `monosem.heat.level${level + 1}`,
  heatOnRuler: 'monosem.heat.overviewRuler',
  surprise: (level: number): string => `monosem.surprise.level${level + 1}`,
  harder: (level: number): string => `monosem.harder.level${level + 1}`,
  easier: (level: number): string => `monosem.easier.level${level + 1}`,
  lossChangeOnRuler: {
    harder: 'monosem.harder.overviewRuler',
    easier: 'monosem.easier.overviewRuler',
  },
  boundary: ['monosem.boundary.even', 'monosem.boundary.odd'],
  otherPins: 'monosem.pinnedOthers',
  lineLabel: 'monosem.lineLabel',
} as const;

function slotId(name: PaletteName, slot: number): string {
  return `monosem.${paletteWords[name]}${slot + 1}`;
}

export const themeColours: readonly ThemeColourContribution[] = [
  ...coloursOf('standard'),
  ...coloursOf('colourBlindSafe'),
  ...scale(colourIds.heat, 'heat', heat),
  contribution(colourIds.heatOnRuler, 'heatOnRuler', solid(heat)),
  ...scale(colourIds.surprise, 'surprise', surprise),
  ...scale(colourIds.harder, 'harder', harder),
  contribution(colourIds.lossChangeOnRuler.harder, 'harderOnRuler', solid(harder)),
  ...scale(colourIds.easier, 'easier', easier),
  contribution(colourIds.lossChangeOnRuler.easier, 'easierOnRuler', solid(easier)),
  ...colourIds.boundary.map((id, parity) =>
    contribution(id, 'boundary', tinted(boundary, boundaryOpacities, parity)),
  ),
  contribution(colourIds.otherPins, 'otherPins', {
    light: '#3b3b3b',
    dark: '#cccccc',
    highContrast: '#ffffff',
    highContrastLight: '#292929',
  }),
  contribution(colourIds.lineLabel, 'lineLabel', {
    light: '#6e6e6e',
    dark: '#8c8c8c',
    highContrast: '#c0c0c0',
    highContrastLight: '#515151',
  }),
];

function coloursOf(name: PaletteName): readonly ThemeColourContribution[] {
  const word = paletteWords[name];
  const tints = palettes[name].flatMap((colour, slot) =>
    perLevel((level) =>
      contribution(
        colourIds.feature(name, slot, level),
        word,
        tinted(colour, paletteOpacities[name], level),
      ),
    ),
  );
  const marks = palettes[name].map((colour, slot) =>
    contribution(colourIds.featureOnRuler(name, slot), `${word}OnRuler`, solid(colour)),
  );
  return [...tints, ...marks];
}

function scale(
  id: (level: number) => string,
  word: string,
  colour: PaletteColour,
): readonly ThemeColourContribution[] {
  return perLevel((level) => contribution(id(level), word, tinted(colour, scaleOpacities, level)));
}

function perLevel<T>(make: (level: number) => T): readonly T[] {
  return Array.from({ length: levels }, (_, level) => make(level));
}

function contribution(id: string, word: string, defaults: ThemeDefaults): ThemeColourContribution {
  return { id, description: `%colour.${word}%`, defaults };
}

/** Opaque in high contrast: there a line's width is its level. */
function tinted({ light, dark }: PaletteColour, opacities: Opacities, step: number): ThemeDefaults {
  return {
    light: withOpacity(light, opacities.light[step] ?? 1),
    dark: withOpacity(dark, opacities.dark[step] ?? 1),
    highContrast: dark,
    highContrastLight: light,
  };
}

function solid({ light, dark }: PaletteColour): ThemeDefaults {
  return { light, dark, highContrast: dark, highContrastLight: light };
}

function withOpacity(colour: string, opacity: number): string {
  const alpha = Math.round(opacity * 255);
  return colour + alpha.toString(16).padStart(2, '0');
}
