// What an ablation does to the distribution of the next token, in the words of the protocol.
import type { ChangedProbabilities, DistributionChange } from '../../shared/engineProtocol.ts';
import { compareLogits } from '../math/kl.ts';
import { probabilityChanges, type ChangedOutcomes } from '../math/probabilityChange.ts';

export interface ChangeOptions {
  /** Token whose probability is followed. */
  readonly target: number;
  /** Most tokens listed that gain, and that lose. */
  readonly listed: number;
  readonly textOf: (id: number) => string;
}

/** @param baseline [V] logits, as are `ablated` */
export function distributionChange(
  baseline: Float32Array,
  ablated: Float32Array,
  { target, listed, textOf }: ChangeOptions,
): DistributionChange {
  const { kl, pTotal, qTotal } = compareLogits(baseline, ablated);
  const { raised, lowered } = probabilityChanges(
    { logits: baseline, total: pTotal },
    { logits: ablated, total: qTotal },
    listed,
  );
  const named = ({ indices, before, after }: ChangedOutcomes): ChangedProbabilities => ({
    ids: indices,
    texts: Array.from(indices, textOf),
    before,
    after,
  });
  const before = (baseline[target] ?? NaN) - pTotal;
  const after = (ablated[target] ?? NaN) - qTotal;
  return { kl, targetChange: after - before, raised: named(raised), lowered: named(lowered) };
}
