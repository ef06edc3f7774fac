// A step of a run as the view keeps it: plain values that survive being stored, where the engine sends typed arrays. Pure.
import type { LikelyTokens, SteerStep } from '../../../src/shared/engineProtocol.ts';

export interface ExpectedToken {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
  /** In the list of the other model, 1 for its likeliest token. */
  readonly rankInOther: number;
}

/** What both models expected in a step, likeliest first. */
export interface ExpectedTokens {
  readonly baseline: readonly ExpectedToken[];
  readonly steered: readonly ExpectedToken[];
}

export interface RunStep extends Omit<SteerStep, 'expected'> {
  /** Where neither side has ended. */
  readonly expected?: ExpectedTokens;
}

export function runStep({ expected, ...step }: SteerStep): RunStep {
  if (expected === undefined) return step;
  const { baseline, steered, ranksInSteered, ranksInBaseline } = expected;
  return {
    ...step,
    expected: {
      baseline: expectedTokens(baseline, ranksInSteered),
      steered: expectedTokens(steered, ranksInBaseline),
    },
  };
}

function expectedTokens(
  { ids, texts, probabilities }: LikelyTokens,
  ranks: Uint32Array,
): readonly ExpectedToken[] {
  return texts.map((text, index) => ({
    ...{ id: ids[index] ?? 0, text },
    // Enough digits to be shown, and few to be stored.
    probability: Number((probabilities[index] ?? 0).toPrecision(4)),
    rankInOther: ranks[index] ?? 0,
  }));
}
