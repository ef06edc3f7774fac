// Where baseline and steered text agree and where they part: a longest alignment of their tokens, as runs.
import { longestCommonSubsequence } from '../math/commonSubsequence.ts';

/** Tokens [from, to) of the steered text where `kind` is 'steered', else of the baseline. Never empty. */
export interface AlignedRun {
  /** Tokens that both have, or that only one has. */
  readonly kind: 'equal' | 'baseline' | 'steered';
  readonly from: number;
  readonly to: number;
}

export interface AlignedTexts {
  /**
   * In reading order; where both texts have tokens of their own in one place the baseline's come first. Equal and baseline
   * runs together are the baseline, equal and steered runs the steered text.
   */
  readonly runs: readonly AlignedRun[];
  /** The first token that is not the same in both, or that only one has; nothing where the texts are equal. */
  readonly firstDivergence: number | undefined;
}

/**
 * @param baseline [T] token ids
 * @param steered [U] token ids
 * @param breath called now and then while it takes long
 * @throws whatever `breath` throws
 */
export async function alignTexts(
  baseline: Uint32Array,
  steered: Uint32Array,
  breath: () => Promise<void>,
): Promise<AlignedTexts> {
  const { left, right } = await longestCommonSubsequence(baseline, steered, breath);
  const runs: AlignedRun[] = [];
  const add = (kind: AlignedRun['kind'], from: number, to: number): void => {
    if (from < to) runs.push({ kind, from, to });
  };
  let [i, j] = [0, 0];
  for (let pair = 0; pair < left.length;) {
    const [nextI = 0, nextJ = 0] = [left[pair], right[pair]];
    add('baseline', i, nextI);
    add('steered', j, nextJ);
    let length = 1;
    while (left[pair + length] === nextI + length && right[pair + length] === nextJ + length) {
      length += 1;
    }
    add('equal', nextI, nextI + length);
    pair += length;
    [i, j] = [nextI + length, nextJ + length];
  }
  add('baseline', i, baseline.length);
  add('steered', j, steered.length);
  return { runs, firstDivergence: firstDivergence(baseline, steered) };
}

function firstDivergence(baseline: Uint32Array, steered: Uint32Array): number | undefined {
  const shorter = Math.min(baseline.length, steered.length);
  let at = 0;
  while (at < shorter && baseline[at] === steered[at]) at += 1;
  return at < Math.max(baseline.length, steered.length) ? at : undefined;
}
