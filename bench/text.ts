// Texts of a given number of tokens, and the same text with another last character.
import type { TextTokenizer } from '../src/engine/tokenizer/tokenizer.ts';

/** The beginning of `text` that has `count` tokens, or the closest number that a cut between tokens allows. */
export async function firstTokens(
  tokenizer: TextTokenizer,
  text: string,
  count: number,
): Promise<string> {
  const { ends } = await tokenizer.encode(text);
  if (ends.length < count) throw new Error(`the text has ${ends.length} tokens, not ${count}`);
  return text.slice(0, ends[count - 1]);
}

/** The text with its last character replaced; another one for every `variant` in 0…9. */
export function editLastCharacter(text: string, variant: number): string {
  return text.slice(0, -1) + String(variant % 10);
}
