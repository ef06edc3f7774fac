// Words that people read, in their language. English is the key of every text, so code stays readable and a text that
// nobody translated is still a text. Who knows the language installs the translation once: the extension from VS Code,
// a view from what the extension gave it. The command line speaks English.

/** What fills `{0}`, `{1}`, … */
export type TextArgument = string | number;

type Translate = (english: string) => string | undefined;

let translate: Translate = () => undefined;

/** Texts asked for from now on are looked up here; an `undefined` leaves them English. */
export function useTranslation(lookUp: Translate): void {
  translate = lookUp;
}

/** @param english with `{0}`, `{1}`, … where the arguments belong; a literal, so that it can be collected */
export function t(english: string, ...values: readonly TextArgument[]): string {
  const text = translate(english) ?? english;
  return text.replaceAll(/\{(\d+)\}/g, (place, index: string) =>
    String(values[Number(index)] ?? place),
  );
}
