// A language in which every text is itself in brackets: what stands outside of them was never given to a translator.
// Data in these tests have no Latin letters, so any that are left are forgotten words.
import { useTranslation } from '../../src/shared/l10n.ts';

/** From now on; English again after `useTranslation(() => undefined)`. */
export function speakPseudo(): void {
  useTranslation(pseudo);
}

/** As a bundle of VS Code has them. */
export function pseudoTexts(english: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(english.map((text) => [text, pseudo(text)]));
}

function pseudo(english: string): string {
  return `⟦${english}⟧`;
}

/** Words of Latin letters outside the brackets. A value inside a text may be a text itself, so brackets nest. */
export function untranslated(text: string): readonly string[] {
  let depth = 0;
  let outside = '';
  for (const character of text) {
    if (character === '⟦') depth += 1;
    outside += depth === 0 ? character : ' ';
    if (character === '⟧') depth -= 1;
  }
  return outside.match(/[a-z]{2,}/giu) ?? [];
}

/** All strings in a value, however deep. */
export function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}

/** Properties whose strings are names in the program. */
const names = new Set([
  ...['kind', 'outcome', 'blocks', 'state', 'how', 'changes', 'operation', 'scope', 'phase'],
  ...['provider'],
]);

/** The same data as a model or a file in another script would have it: no Latin letter is left in it. */
export function foreign<T>(data: T): T {
  return changed(data, '') as T;
}

function changed(data: unknown, name: string): unknown {
  if (typeof data === 'string') return names.has(name) ? data : data.replaceAll(/[a-z]/giu, '字');
  if (Array.isArray(data)) return data.map((each) => changed(each, name));
  const isPlain = typeof data === 'object' && data !== null && data.constructor === Object;
  if (!isPlain) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, changed(value, key)] as const),
  );
}
