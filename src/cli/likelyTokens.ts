// Tokens that a model expects, as commands print them.
import type { LikelyTokens } from '../shared/engineProtocol.ts';
import { visibleToken } from './table.ts';

/** Typed arrays become plain arrays: JSON would write them as objects. */
export function likelyJson({ ids, texts, probabilities }: LikelyTokens): object[] {
  return Array.from(ids, (id, n) => ({ id, text: texts[n], probability: probabilities[n] }));
}

export function likelyText({ texts, probabilities }: LikelyTokens): string {
  return texts
    .map((text, n) => `${visibleToken(text)} ${(100 * (probabilities[n] ?? 0)).toFixed(1)}%`)
    .join('  ');
}
