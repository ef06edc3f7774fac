// Chooses the next token of several rows that continue one sample: the same text with and without edits. All rows share
// the random numbers of a step, and V of them are used up whatever the options are, so that one seed means the same
// noise at every step, with and without filters and edits. Other samples have choosers of their own.
import { GumbelNoise, type FillUniform } from './gumbelNoise.ts';
import { hasCutoff, LogitCutoff } from './logitCutoff.ts';
import { hasPenalties, penalise } from './logitPenalties.ts';
import { floatBits, type FloatBits } from './radixSelect.ts';
import { argmax } from './ranking.ts';
import type { SamplingSettings } from './samplingSettings.ts';
import type { TokenHistory } from './tokenHistory.ts';

export interface RowToContinue {
  /** [V]; read, never changed. */
  readonly logits: Float32Array;
  readonly history: TokenHistory;
}

export class TokenChooser {
  readonly #settings: SamplingSettings;
  readonly #fillUniform: FillUniform;
  readonly #noise = new GumbelNoise();
  readonly #cutoff = new LogitCutoff();
  readonly #isPenalised: boolean;
  readonly #isCut: boolean;
  /** [V] a row's logits behind the penalties. */
  #penalised: FloatBits = floatBits(0);

  /** @param fillUniform fills an array with draws from [0, 1); not called at temperature 0 */
  constructor(settings: SamplingSettings, fillUniform: FillUniform) {
    this.#settings = settings;
    this.#fillUniform = fillUniform;
    this.#isPenalised = hasPenalties(this.#settings);
    this.#isCut = hasCutoff(this.#settings);
  }

  /** One step: the chosen token of each row. Rows have the same vocabulary. Nothing is added to the histories. */
  choose(rows: readonly RowToContinue[]): number[] {
    if (this.#settings.temperature > 0 && rows.length > 0) {
      this.#noise.draw(rows[0].logits.length, this.#fillUniform);
    }
    return rows.map((row) => this.#chooseOne(row));
  }

  #chooseOne(row: RowToContinue): number {
    const { temperature } = this.#settings;
    if (temperature === 0) {
      const logits = this.#isPenalised ? this.#penalise(row).values : row.logits;
      return argmax(logits);
    }
    if (!this.#isPenalised && !this.#isCut) return this.#noise.choose(row.logits, temperature);
    const penalised = this.#penalise(row);
    const cutoff = this.#isCut ? this.#cutoff.find(penalised, this.#settings) : -Infinity;
    return this.#noise.choose(penalised.values, temperature, cutoff);
  }

  #penalise({ logits, history }: RowToContinue): FloatBits {
    if (this.#penalised.values.length !== logits.length) this.#penalised = floatBits(logits.length);
    this.#penalised.values.set(logits);
    if (this.#isPenalised) penalise(this.#penalised.values, history, this.#settings);
    return this.#penalised;
  }
}
