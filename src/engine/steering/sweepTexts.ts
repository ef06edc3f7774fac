// The texts of a sweep: one per row, all from the same random numbers.
import type { Continuation, GenerationParams } from '../../shared/engineProtocol.ts';
import { Random } from '../math/rng.ts';
import { TokenChooser } from '../math/tokenChooser.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import type { RowGroup } from './generate.ts';
import { GrowingText } from './growingText.ts';
import { samplingSettings } from './samplingOptions.ts';

export interface SweepTextsOptions {
  readonly tokenizer: TextTokenizer;
  /** [T] ids, BOS included. */
  readonly prompt: Uint32Array;
  readonly params: GenerationParams;
  readonly rows: number;
  readonly onStep: () => void;
}

export class SweepTexts implements RowGroup {
  readonly #texts: readonly GrowingText[];
  readonly #chooser: TokenChooser;
  readonly #onStep: () => void;

  /** @throws MonosemError `badArgument` for sampling options or stop strings that are none */
  constructor({ tokenizer, prompt, params, rows, onStep }: SweepTextsOptions) {
    const options = { prompt, stop: params.stop ?? [] };
    this.#texts = Array.from({ length: rows }, () => new GrowingText(tokenizer, options));
    const random = new Random(params.seed);
    this.#chooser = new TokenChooser(samplingSettings(params), (numbers) =>
      random.fillUniform(numbers),
    );
    this.#onStep = onStep;
  }

  get isEnded(): boolean {
    return this.#texts.every(({ isEnded }) => isEnded);
  }

  get lastIds(): readonly number[] {
    return this.#texts.map(({ lastId }) => lastId);
  }

  step(logits: readonly Float32Array[]): void {
    const rows = this.#texts.flatMap(({ history }, row) => {
      const own = logits[row];
      return own === undefined ? [] : [{ logits: own, history }];
    });
    for (const [row, id] of this.#chooser.choose(rows).entries()) {
      // Nobody asks for its probability here.
      this.#texts[row]?.take(id, NaN);
    }
    this.#onStep();
  }

  finish(): readonly Continuation[] {
    return this.#texts.map((text) => text.finish());
  }
}
