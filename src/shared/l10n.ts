// Words that people read, in their language. English is the key of every text, so code stays readable and a text that
// nobody translated is still a text. Who knows the language installs the translation once: the extension from VS Code,
// a view from what the extension gave it. The command line and the engine speak English.

/** What fills `{0}`, `{1}`, … */
export type TextArgument = string | number;

type Translate = (english: string) => string | undefined;

const english = 'en';

let translate: Translate = () => undefined;
let language = english;

/**
 * Texts asked for from now on are looked up here; an `undefined` leaves them English.
 * @param tag the language of the texts, as BCP 47 has it
 */
export function useTranslation(lookUp: Translate, tag = english): void {
  translate = lookUp;
  language = isLanguage(tag) ? tag : english;
}

/**
 * The language of the texts, for numbers in them. It is not the editor's where nobody translated: `1.234` in an
 * English sentence must not mean one thousand.
 */
export function locale(): string {
  return language;
}

/** @param text with `{0}`, `{1}`, … where the arguments belong; a literal, so that it can be collected */
export function t(text: string, ...values: readonly TextArgument[]): string {
  return translated(text).replaceAll(/\{(\d+)\}/g, (place, index: string) =>
    String(values[Number(index)] ?? place),
  );
}

/** A text that is no literal here but one of the contributions, which are collected as well. */
export function translated(text: string): string {
  return translate(text) ?? text;
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
