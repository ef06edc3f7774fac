// How the next token is to be drawn: what there is to set, and at which value each setting changes nothing.

/**
 * Applied in the order in which Hugging Face transformers does (GenerationMixin._get_logits_processor in
 * generation/utils.py): penalties, temperature, top-k, top-p, min-p.
 */
export interface SamplingSettings {
  /** Logits are divided by it; 0 = greedy: the largest logit behind the penalties. */
  readonly temperature: number;
  /** Only the k largest logits stay (Fan, Lewis, Dauphin 2018). A whole number; 0 = all. */
  readonly topK: number;
  /** Only the likeliest tokens stay that together have this probability (Holtzman et al. 2020). 0 … 1; 1 = all. */
  readonly topP: number;
  /** Only tokens stay that are at least this many times as likely as the likeliest (Nguyen et al. 2024). 0 … 1; 0 = all. */
  readonly minP: number;
  /** Makes every token of the text so far, prompt included, less likely (Keskar et al. 2019). Above 0; 1 = none. */
  readonly repetitionPenalty: number;
  /** Taken from a logit once per time that the token was generated (OpenAI). 0 = none. */
  readonly frequencyPenalty: number;
  /** Taken from a logit where the token was generated at all (OpenAI). 0 = none. */
  readonly presencePenalty: number;
}

/** Everything but the temperature, such that nothing changes. */
export const neutralSampling: Omit<SamplingSettings, 'temperature'> = {
  topK: 0,
  topP: 1,
  minP: 0,
  repetitionPenalty: 1,
  frequencyPenalty: 0,
  presencePenalty: 0,
};
