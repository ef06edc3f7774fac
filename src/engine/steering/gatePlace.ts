// Conditions are kept once, however many edits have them.
import type { Gate, PlannedFeature } from './editPlan.ts';

/**
 * Where a condition is among others, at whose end it comes where it is not.
 * @param from the first place that will do
 */
export function gatePlace(gates: Gate[], gate: Gate, from = 0): number {
  const at = gates.findIndex((known, i) => i >= from && sameGate(known, gate));
  return at === -1 ? gates.push(gate) - 1 : at;
}

export function sameFeature(a: PlannedFeature, b: PlannedFeature): boolean {
  return a.n === b.n && a.feature === b.feature;
}

/** Does one hold wherever the other does? */
export function sameGate(a: Gate, b: Gate): boolean {
  return a.length === b.length && a.every((one) => b.some((other) => sameFeature(one, other)));
}
