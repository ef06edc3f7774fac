// What people read can be translated: every text is collected into l10n/bundle.l10n.json, and translations have
// exactly those texts.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { baseBundle, bundleFile, readTexts } from '../../../scripts/l10n/bundle.ts';
import { parsed } from '../../../scripts/l10n/sources.ts';
import { collectTexts, placeholdersOf } from '../../../scripts/l10n/texts.ts';
import { root } from '../../../scripts/setup/paths.mjs';
import { commands } from '../../../src/shared/contributions.ts';

const { content, problems } = baseBundle();

test('every text that goes through t() is in the bundle, and nothing else is', () => {
  expect(problems).toEqual([]);
  expect(fs.readFileSync(bundleFile, 'utf8'), 'run `npm run l10n`').toBe(content);
});

test('texts neither begin nor end with blanks, which nobody sees while translating', () => {
  for (const text of Object.keys(readTexts(bundleFile))) expect(text.trim()).toBe(text);
});

describe('what could not be collected, or would come too early, is found', () => {
  const imported = "import { t } from '../shared/l10n.ts';\n";
  const problemsOf = (code: string): readonly string[] =>
    collectTexts([parsed(imported + code, 'x.ts')]).problems;

  test.each([
    ['const f = () => t(`one {0}`, 1);', []],
    ['class A { readonly x = t("one"); }', []],
    ['const f = (x) => [x.t, { t: 1 }, t("one")];', []],
    ['const f = () => t("{1} of {0}", 1, 2);', []],
    ['const f = (x) => t(x);', ['gives t() no literal']],
    ['const f = (x) => t("one " + x);', ['gives t() no literal']],
    ['const f = (x) => t(`one ${x}`);', ['gives t() no literal']],
    ['const f = () => t();', ['gives t() no literal']],
    ['const f = (x) => x.map(t);', ['does not call t()']],
    ['const x = t("one");', ['while the module is loaded']],
    ['class A { static x = t("one"); }', ['while the module is loaded']],
    ['const f = () => t("one {0}");', ['has 0 values for the places {0}']],
    ['const f = () => t("one", 1);', ['has 1 values']],
    ['const f = () => t("{0} {2}", 1, 2);', ['has 2 values for the places {0}, {2}']],
    ['const f = (x) => t("{0}", ...x);', ['spreads the values']],
  ])('%s', (code, expected) => {
    const found = problemsOf(code);
    expect(found).toHaveLength(expected.length);
    expected.forEach((words, index) => {
      expect(found[index]).toContain(words);
      expect(found[index]).toMatch(/^x\.ts:2 /);
    });
  });

  test('a t of somebody else is not ours', () => {
    expect(collectTexts([parsed('const f = (t) => t(1);', 'x.ts')])).toEqual({
      texts: new Set(),
      problems: [],
    });
  });
});

/** Languages that a file with `prefix` and `.json` exists for, English aside. */
function languagesOf(folder: string, prefix: string): readonly string[] {
  return fs
    .readdirSync(path.join(root, folder))
    .map((name) => new RegExp(`^${prefix}\\.([a-z-]+)\\.json$`).exec(name)?.[1])
    .filter((language) => language !== undefined);
}

/** Commands that a text names as `*Monosem: …*`. */
function namedCommands(markdown: string): readonly string[] {
  return [...markdown.matchAll(/\*Monosem: ([^*]+)\*/g)].map(([, title = '']) => title);
}

test('settings name commands by their titles', () => {
  const titles: readonly string[] = Object.values(commands).map(({ title }) => title);
  const english = Object.values(readTexts(path.join(root, 'package.nls.json')));
  const named = english.flatMap(namedCommands);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((title) => !titles.includes(title))).toEqual([]);
});

const languages = languagesOf('l10n', 'bundle\\.l10n');

test('a language has both its files: the texts, and those of the manifest', () => {
  expect(languagesOf('.', 'package\\.nls')).toEqual(languages);
});

describe.each(languages.map((language) => ({ language })))('$language', ({ language }) => {
  const texts = readTexts(path.join(root, 'l10n', `bundle.l10n.${language}.json`));
  const manifest = readTexts(path.join(root, `package.nls.${language}.json`));
  const english = readTexts(path.join(root, 'package.nls.json'));

  test('has every text once, and none that is gone', () => {
    expect(Object.keys(texts), 'see `npm run l10n`').toEqual(Object.keys(readTexts(bundleFile)));
    expect(Object.keys(manifest)).toEqual(Object.keys(english));
  });

  test('keeps the places of values, and marks that are not words', () => {
    for (const [text, translation] of Object.entries(texts)) {
      expect(placeholdersOf(translation), text).toEqual(placeholdersOf(text));
      expect(translation.trim(), text).toBe(translation);
      expect(translation.endsWith('…'), text).toBe(text.endsWith('…'));
      expect(translation.endsWith('.'), text).toBe(text.endsWith('.'));
    }
    for (const [key, text] of Object.entries(english)) {
      expect(codeOf(manifest[key] ?? ''), key).toEqual(codeOf(text));
    }
  });

  test('calls commands in sentences and on buttons what the palette calls them', () => {
    const keyOf = new Map(Object.entries(english).map(([key, text]) => [text, key]));
    for (const { title } of Object.values(commands)) {
      expect(texts[title], title).toBe(manifest[keyOf.get(title) ?? '']);
    }
    for (const [key, text] of Object.entries(english)) {
      const titles = namedCommands(text).map((title) => texts[title]);
      expect(namedCommands(manifest[key] ?? ''), key).toEqual(titles);
    }
  });
});

/** Code spans and links to commands and settings: not translated. */
function codeOf(markdown: string): readonly string[] {
  return [...markdown.matchAll(/`[^`]+`|\]\([^)]+\)/g)].map(([code]) => code).sort();
}
