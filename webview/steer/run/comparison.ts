// Two continuations step by step, as data: where they part, how far apart they are, their texts. Pure.
import type { RunStep } from './runStep.ts';

export type Side = 'baseline' | 'steered';

/** Index of the first step at which the two sides differ; `undefined` while they are equal. */
export function divergenceOf(steps: readonly RunStep[]): number | undefined {
  const at = steps.findIndex(({ baseline, steered }) => baseline?.id !== steered?.id);
  return at < 0 ? undefined : at;
}

/**
 * The steps that compare the two models: in which both have read the same text, so up to the one at which the texts part.
 * Behind it a divergence tells of the texts as much as of the models.
 */
export function sharedSteps(steps: readonly RunStep[]): readonly RunStep[] {
  const at = divergenceOf(steps);
  return at === undefined ? steps : steps.slice(0, at + 1);
}

export function meanKl(steps: readonly RunStep[]): number {
  const sum = steps.reduce((total, step) => total + klOf(step), 0);
  return steps.length === 0 ? 0 : sum / steps.length;
}

export function maxKl(steps: readonly RunStep[]): number {
  return Math.max(0, ...steps.map(klOf));
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
