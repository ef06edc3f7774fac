// What an edit made of a token's rank, seen from either model's list. Pure.
import type { Side } from './comparison.ts';

export interface RankChange {
  /** What happened from the baseline to the steered model. */
  readonly direction: 'up' | 'down' | 'same';
  /** E.g. `↑3`; empty where nothing happened. */
  readonly words: string;
}

/**
 * @param rank in the list of `side`
 * @param rankInOther in that of the other model
 */
export function rankChange(rank: number, rankInOther: number, side: Side): RankChange {
  const [before, after] = side === 'baseline' ? [rank, rankInOther] : [rankInOther, rank];
  if (before === after) return { direction: 'same', words: '' };
  const isUp = after < before;
  return {
    direction: isUp ? 'up' : 'down',
    words: `${isUp ? '↑' : '↓'}${String(Math.abs(after - before))}`,
  };
}
