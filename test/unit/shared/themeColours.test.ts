// What is painted behind text leaves it readable, and what is painted below it can be seen.
import { describe, expect, test } from 'vitest';
import { palettes } from '../../../src/shared/palette.ts';
import { colourIds, levels, themeColours } from '../../../src/shared/themeColours.ts';
import type { ThemeDefaults } from '../../../src/shared/themeColours.ts';
import { contrast, difference, over, rgb, visions } from './colourMath.ts';

/** Text and background of editors in VS Code's own themes: Modern, and those with a plus. */
const themes = {
  light: [
    ['#3b3b3b', '#ffffff'],
    ['#202020', '#ffffff'],
    ['#000000', '#ffffff'],
  ],
  dark: [
    ['#cccccc', '#1f1f1f'],
    ['#d4d4d4', '#1e1e1e'],
  ],
} as const;

const isText = (id: string): boolean => id === colourIds.lineLabel;
const isBackground = (id: string): boolean =>
  !isText(id) && !id.endsWith('.overviewRuler') && id !== colourIds.otherPins;

describe.each(['light', 'dark'] as const)('in the default %s themes', (kind) => {
  test('text on every background keeps a contrast of 4.5', () => {
    for (const { id, defaults } of themeColours.filter((colour) => isBackground(colour.id))) {
      for (const [text, editor] of themes[kind]) {
        const ratio = contrast(rgb(text), over(defaults[kind], editor));
        expect(ratio, `${id} on ${editor}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  test('names behind lines are readable, marks and dots are seen', () => {
    for (const { id, defaults } of themeColours.filter((colour) => !isBackground(colour.id))) {
      for (const [, editor] of themes[kind]) {
        const ratio = contrast(rgb(defaults[kind]), rgb(editor));
        expect(ratio, `${id} on ${editor}`).toBeGreaterThanOrEqual(isText(id) ? 4.5 : 3);
      }
    }
  });

  test('a stronger level is stronger', () => {
    const strength = (id: string): number => {
      const [, editor] = themes[kind][0];
      return contrast(over(defaultsOf(id)[kind], editor), rgb(editor));
    };
    const scales = [
      colourIds.heat,
      colourIds.surprise,
      ...palettes.standard.map(
        (_, slot) => (level: number) => colourIds.feature('standard', slot, level),
      ),
      ...palettes.colourBlindSafe.map(
        (_, slot) => (level: number) => colourIds.feature('colourBlindSafe', slot, level),
      ),
    ];
    for (const scale of scales) {
      for (let level = 1; level < levels; level++) {
        expect(strength(scale(level))).toBeGreaterThan(strength(scale(level - 1)) * 1.02);
      }
    }
  });

  test.each(Object.entries(visions))(
    'strong colour-blind-safe backgrounds stay apart with %s',
    (_, vision) => {
      const [, editor] = themes[kind][0];
      const shown = palettes.colourBlindSafe.map((__, slot) =>
        over(defaultsOf(colourIds.feature('colourBlindSafe', slot, levels - 1))[kind], editor),
      );
      for (const [n, a] of shown.entries()) {
        for (const b of shown.slice(n + 1)) {
          // Twice what is just noticed: stronger ones would cost the text its contrast.
          expect(difference(a, b, vision)).toBeGreaterThan(0.04);
        }
      }
    },
  );

  test('one boundary is told from the next', () => {
    const [, editor] = themes[kind][0];
    const [even, odd] = colourIds.boundary.map((id) => over(defaultsOf(id)[kind], editor));
    if (even === undefined || odd === undefined) throw new Error('a boundary has no colour');
    expect(contrast(even, odd)).toBeGreaterThan(1.12);
    expect(contrast(even, rgb(editor))).toBeGreaterThan(1.08);
  });
});

test('in high contrast every line and every name is seen: 3 and 7', () => {
  for (const { id, defaults } of themeColours) {
    const least = isText(id) ? 7 : 3;
    expect(contrast(rgb(defaults.highContrast), rgb('#000000')), id).toBeGreaterThanOrEqual(least);
    expect(contrast(rgb(defaults.highContrastLight), rgb('#ffffff')), id).toBeGreaterThanOrEqual(
      least,
    );
  }
});

function defaultsOf(id: string): ThemeDefaults {
  const colour = themeColours.find((each) => each.id === id);
  if (colour === undefined) throw new Error(`${id} is not contributed`);
  return colour.defaults;
}
