// Which tokens may be drawn. Each of the three filters keeps the largest logits, so together they are one number, the
// smallest logit that stays, and nothing is sorted, masked or copied. Equal logits share their fate: where a filter's edge
// falls among equal ones, all of them stay, so that no token is preferred for its number. At least the largest stays.
//   top-k   Fan, Lewis, Dauphin 2018, "Hierarchical Neural Story Generation", section 5.3
//   top-p   Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration", section 3.1
//   min-p   Nguyen et al. 2024, "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs"
// They are those of transformers (generation/logits_process.py: TopKLogitsWarper, TopPLogitsWarper, MinPLogitsWarper) in
// its order, top-p over what top-k leaves. Among equal logits at its edge, top-p there keeps as many as it needs.
import { RadixSelect, type FloatBits } from './radixSelect.ts';
import type { SamplingSettings } from './samplingSettings.ts';
import { maximum } from './softmax.ts';

export type CutoffSettings = Pick<SamplingSettings, 'temperature' | 'topK' | 'topP' | 'minP'>;

export function hasCutoff({ topK, topP, minP }: CutoffSettings): boolean {
  return topK > 0 || topP < 1 || minP > 0;
}

export class LogitCutoff {
  readonly #select = new RadixSelect();

  /**
   * Tokens stay whose logit is not below what is returned; −Infinity keeps all. Sums run in double precision.
   * @param row [V] logits behind the penalties, not yet divided by the temperature, which is above 0
   */
  find(row: FloatBits, { temperature, topK, topP, minP }: CutoffSettings): number {
    let cutoff = -Infinity;
    if (topK > 0 && topK < row.values.length) cutoff = this.#select.largest(row, topK);
    if (topP < 1) cutoff = this.#select.nucleus(row, temperature, topP, cutoff);
    if (minP === 0) return cutoff;
    // p ≥ minP · p(max), where p is proportional to exp(logit / temperature).
    const max = maximum(row.values, 0, row.values.length);
    return Math.max(cutoff, max + temperature * Math.log(minP));
  }
}
