// Everything a stretch of text can be painted with: a bounded set, so that decorations are made once and shared by all
// features, texts and editors. Without VS Code.
import { palettes } from '../../../shared/palette.ts';
import type { PaletteName } from '../../../shared/palette.ts';
import { colourIds, levels } from '../../../shared/themeColours.ts';

export interface Paint {
  /** `otherPins` is painted on top of a pinned feature. */
  readonly kind: 'feature' | 'otherPins' | 'surprise' | 'harder' | 'easier' | 'boundary';
  /** 0 (faint) … levels − 1; of boundaries 0 and 1 take turns. */
  readonly level: number;
  /** Id of a theme colour. */
  readonly colour: string;
  /** The same for its mark in the overview ruler; without it there is no mark. */
  readonly onRuler?: string;
}

type PerSlot = readonly (readonly Paint[])[];

const tokensOf = perPalette(() => ({}));
const pinsOf = perPalette((name, slot) => ({ onRuler: colourIds.featureOnRuler(name, slot) }));
const heat = perLevel((level) => ({
  kind: 'feature',
  level,
  colour: colourIds.heat(level),
  onRuler: colourIds.heatOnRuler,
}));
const surprise = perLevel((level) => ({
  kind: 'surprise',
  level,
  colour: colourIds.surprise(level),
}));
/** Nothing but a change of half a nat or more is worth a mark. */
const leastMarked = 2;
const lossChange = (kind: 'harder' | 'easier'): readonly Paint[] =>
  perLevel((level) => ({
    ...{ kind, level, colour: colourIds[kind](level) },
    ...(level >= leastMarked && { onRuler: colourIds.lossChangeOnRuler[kind] }),
  }));
const harder = lossChange('harder');
const easier = lossChange('easier');
const boundaries = colourIds.boundary.map((colour, level): Paint => ({
  kind: 'boundary',
  level,
  colour,
}));

/** Equal arguments give the same object. */
export const paints = {
  /** A token in the colour of its strongest feature. */
  feature: (name: PaletteName, slot: number, level: number): Paint =>
    inRound(tokensOf[name], slot, level),
  /** A pinned feature; slots are counted round. */
  pin: (name: PaletteName, slot: number, level: number): Paint =>
    inRound(pinsOf[name], slot, level),
  /** Further pinned features are active. */
  otherPins: { kind: 'otherPins', level: 0, colour: colourIds.otherPins } satisfies Paint as Paint,
  heat: (level: number): Paint => at(heat, level),
  surprise: (level: number): Paint => at(surprise, level),
  /** Without a feature, a token is harder to predict: the model needs it there. */
  harder: (level: number): Paint => at(harder, level),
  easier: (level: number): Paint => at(easier, level),
  boundary: (parity: number): Paint => at(boundaries, parity),
} as const;

export const allPaints: readonly Paint[] = [
  ...[tokensOf, pinsOf].flatMap((of) => Object.values(of).flat(2)),
  ...[paints.otherPins, ...heat, ...surprise, ...harder, ...easier, ...boundaries],
];

function perPalette(
  more: (name: PaletteName, slot: number) => Partial<Paint>,
): Readonly<Record<PaletteName, PerSlot>> {
  const perSlot = (name: PaletteName): PerSlot =>
    palettes[name].map((_, slot) =>
      perLevel((level) => ({
        kind: 'feature',
        level,
        colour: colourIds.feature(name, slot, level),
        ...more(name, slot),
      })),
    );
  return { standard: perSlot('standard'), colourBlindSafe: perSlot('colourBlindSafe') };
}

function perLevel(make: (level: number) => Paint): readonly Paint[] {
  return Array.from({ length: levels }, (_, level) => make(level));
}

function inRound(slots: PerSlot, slot: number, level: number): Paint {
  return at(slots[slot % slots.length] ?? [], level);
}

function at(of: readonly Paint[], index: number): Paint {
  const paint = of[index];
  if (paint === undefined) throw new RangeError(`There is no paint ${index}.`);
  return paint;
}
