// Two continuations step by step, as data: where they part, how far apart they are, their texts. Pure.
import type { GeneratedToken, SteerStep } from '../../../src/shared/engineProtocol.ts';

export type Side = 'baseline' | 'steered';

export interface Comparison {
  readonly steps: readonly SteerStep[];
  /** Index of the first step at which the two sides differ; `undefined` while they are equal. */
  readonly divergence: number | undefined;
  readonly meanKl: number;
  readonly maxKl: number;
}

export function compare(steps: readonly SteerStep[]): Comparison {
  const divergence = steps.findIndex(({ baseline, steered }) => baseline?.id !== steered?.id);
  const kls = steps.map(({ kl }) => (Number.isFinite(kl) ? Math.max(0, kl) : 0));
  const sum = kls.reduce((total, kl) => total + kl, 0);
  return {
    steps,
    divergence: divergence < 0 ? undefined : divergence,
    meanKl: kls.length === 0 ? 0 : sum / kls.length,
    maxKl: Math.max(0, ...kls),
  };
}

/** The tokens of one side with the index of their step. */
export function tokensOf(
  steps: readonly SteerStep[],
  side: Side,
): readonly { readonly token: GeneratedToken; readonly step: number }[] {
  return steps.flatMap((step, index) => {
    const token = step[side];
    return token === undefined ? [] : [{ token, step: index }];
  });
}

export function textOf(steps: readonly SteerStep[], side: Side): string {
  return steps.map((step) => step[side]?.text ?? '').join('');
}

/** The end of a long prompt, cut at a word: what stands in front of a continuation. */
export function promptTail(prompt: string, limit: number): string {
  if (prompt.length <= limit) return prompt;
  const tail = prompt.slice(-limit);
  const word = tail.search(/\s\S/u);
  return `…${word >= 0 && word < limit / 2 ? tail.slice(word) : tail}`;
}
