// Penalties for repetition, in the order of vLLM (model_executor/layers/utils.py, apply_penalties), the one library that
// has all three: repetition, frequency, presence.
//   repetition   Keskar et al. 2019, "CTRL", section 4.1, in the form of transformers' RepetitionPenaltyLogitsProcessor
//                (generation/logits_process.py): a positive logit is divided, any other multiplied, once per token
//   frequency, presence   OpenAI's API reference: logit − count · frequency − [count > 0] · presence, where the prompt
//                does not count
import type { SamplingSettings } from './samplingSettings.ts';
import type { TokenHistory } from './tokenHistory.ts';

export type Penalties = Pick<
  SamplingSettings,
  'repetitionPenalty' | 'frequencyPenalty' | 'presencePenalty'
>;

export function hasPenalties(penalties: Penalties): boolean {
  const { repetitionPenalty, frequencyPenalty, presencePenalty } = penalties;
  return repetitionPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0;
}

/**
 * Changes the logits [V] of the tokens in the history, in place, with one rounding to float32. −Infinity stays what it
 * is. Ids that have no logit are passed over.
 */
export function penalise(
  logits: Float32Array,
  { ids, counts }: TokenHistory,
  { repetitionPenalty, frequencyPenalty, presencePenalty }: Penalties,
): void {
  // transformers computes with the penalty in the precision of the logits.
  const repetition = Math.fround(repetitionPenalty);
  for (let i = 0; i < ids.length; i += 1) {
    const logit = logits[ids[i]];
    const repeated = logit > 0 ? logit / repetition : logit * repetition;
    const present = counts[i] > 0 ? presencePenalty : 0;
    logits[ids[i]] = repeated - counts[i] * frequencyPenalty - present;
  }
}
