// Distributions in float64, by definition.
import { expect } from 'vitest';
import type {
  ChangedProbabilities,
  DistributionChange,
} from '../../../src/shared/engineProtocol.ts';

export function logSumExp(logits: readonly number[]): number {
  return Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
}

/** KL(P ‖ Q) in nats of distributions given as ln p [V]. */
export function divergence(p: readonly number[], q: readonly number[]): number {
  return p.reduce((sum, log, v) => sum + Math.exp(log) * (log - (q[v] ?? NaN)), 0);
}

/** What is said of a change from P to Q, given as ln p [V], is true. */
export function expectChange(
  found: DistributionChange,
  p: readonly number[],
  q: readonly number[],
  { target, listed, tolerance }: { target: number; listed: number; tolerance: number },
): void {
  expectNear(found.kl, divergence(p, q), tolerance);
  expectNear(found.targetChange, (q[target] ?? NaN) - (p[target] ?? NaN), tolerance);
  const gains = p.map((log, v) => Math.exp(q[v] ?? NaN) - Math.exp(log));
  expectChanged(found.raised, gains, { p, q, listed, tolerance });
  const losses = gains.map((gain) => -gain);
  expectChanged(found.lowered, losses, { p, q, listed, tolerance });
}

function expectChanged(
  { ids, texts, before, after }: ChangedProbabilities,
  gains: readonly number[],
  { p, q, listed, tolerance }: { p: readonly number[]; q: readonly number[]; listed: number; tolerance: number }, // prettier-ignore
): void {
  const largest = gains.toSorted((a, b) => b - a);
  expect(new Set(ids).size).toBe(ids.length);
  expect([before.length, after.length, texts.length]).toEqual([ids.length, ids.length, ids.length]);
  // One that is missing has no gain to speak of.
  for (let n = 0; n < listed; n++) {
    const id = ids[n];
    expectNear(id === undefined ? 0 : gains[id], Math.max(0, largest[n] ?? 0), tolerance);
    if (id === undefined) continue;
    expectNear(before[n], Math.exp(p[id] ?? NaN), tolerance);
    expectNear(after[n], Math.exp(q[id] ?? NaN), tolerance);
  }
}

export function expectNear(found: number | undefined, expected: number, tolerance: number): void {
  expect(Math.abs((found ?? NaN) - expected)).toBeLessThan(tolerance);
}
