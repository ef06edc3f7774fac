// Two continuations step by step, as data: where they part, how far apart they are, their texts. Pure.
import type { RunStep } from './runStep.ts';

export type Side = 'baseline' | 'steered';

export interface Comparison {
  /** Index of the first step at which the two sides differ; `undefined` while they are equal. */
  readonly divergence: number | undefined;
  readonly meanKl: number;
  readonly maxKl: number;
}

export function compare(steps: readonly RunStep[]): Comparison {
  const divergence = steps.findIndex(({ baseline, steered }) => baseline?.id !== steered?.id);
  const kls = steps.map(klOf);
  const sum = kls.reduce((total, kl) => total + kl, 0);
  return {
    divergence: divergence < 0 ? undefined : divergence,
    meanKl: kls.length === 0 ? 0 : sum / kls.length,
    maxKl: Math.max(0, ...kls),
  };
}

/** In nats, never below 0, as rounding can be. */
export function klOf({ kl }: RunStep): number {
  return Number.isFinite(kl) ? Math.max(0, kl) : 0;
}

export function stepsText(steps: readonly RunStep[], side: Side): string {
  return steps.map((step) => step[side]?.text ?? '').join('');
}

/** The end of a long prompt, cut at a word: what stands in front of a continuation. */
export function promptTail(prompt: string, limit: number): string {
  if (prompt.length <= limit) return prompt;
  const tail = prompt.slice(-limit);
  const word = tail.search(/\s\S/u);
  return `…${word >= 0 && word < limit / 2 ? tail.slice(word) : tail}`;
}
