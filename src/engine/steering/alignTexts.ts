// Where baseline and steered text agree and where they part: a longest alignment of their tokens, as runs.
import type { AlignedRun } from '../../shared/engineProtocol.ts';
import { longestCommonSubsequence } from '../math/commonSubsequence.ts';

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
): Promise<AlignedRun[]> {
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
  return runs;
}
