// How much a text repeats itself. Li et al. 2016, "A Diversity-Promoting Objective Function for Neural Conversation
// Models", introduced distinct-n, then as distinct n-grams ÷ tokens; as in all later work it is ÷ n-grams here, so that
// a text that never repeats itself has 1 whatever its length. Welleck et al. 2020, "Neural Text Generation with
// Unlikelihood Training", section 6.1, call 1 − distinct-n of a continuation seq-rep-n, and use n = 4.

/**
 * Distinct n-grams ÷ n-grams of a sequence of token ids; 1 where it is too short to have any.
 * @param n 1 or more
 */
export function distinctN(tokens: ArrayLike<number>, n: number): number {
  const count = tokens.length - n + 1;
  return count > 0 ? distinctNgrams(tokens, n) / count : 1;
}

/** The share of n-grams that occurred before: 1 − distinct-n, so 0 for a sequence too short to have any. */
export function seqRepN(tokens: ArrayLike<number>, n: number): number {
  return 1 - distinctN(tokens, n);
}

/**
 * Numbers the distinct unigrams, then the bigrams by the number of their first token and their second, and so on: one
 * number stands for an n-gram, whatever n is.
 */
function distinctNgrams(tokens: ArrayLike<number>, n: number): number {
  const names = new Float64Array(tokens.length);
  const known = new Map<number, number>();
  for (let length = 1; length <= n; length += 1) {
    known.clear();
    for (let i = 0; i + length <= tokens.length; i += 1) {
      // Exact: ids have 32 bits, and there are fewer than 2^21 n-grams in any text that was generated.
      const key = names[i] * 2 ** 32 + tokens[i + length - 1];
      let name = known.get(key);
      if (name === undefined) known.set(key, (name = known.size));
      names[i] = name;
    }
  }
  return known.size;
}
