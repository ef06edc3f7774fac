// One sample: a baseline and a steered text that grow step by step from the same random numbers.
import type {
  GeneratedPair,
  GeneratedToken,
  GenerationParams,
  SteeredSample,
  SteerStep,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { compareLogits } from '../math/kl.ts';
import { Random } from '../math/rng.ts';
import { TokenChooser } from '../math/tokenChooser.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import { alignTexts } from './alignTexts.ts';
import { expectedInStep } from './expectedInStep.ts';
import type { RowGroup } from './generate.ts';
import { GrowingText } from './growingText.ts';
import { samplingSettings } from './samplingOptions.ts';

/** Of the baseline and of the steered text. */
type Pair<T> = readonly [baseline: T, steered: T];

export interface PairOptions {
  readonly tokenizer: TextTokenizer;
  /** [T] ids, BOS included. */
  readonly prompt: Uint32Array;
  readonly params: GenerationParams;
  /** From 0. */
  readonly sample: number;
  /** Likeliest tokens reported per step. */
  readonly top: number;
  readonly onStep: (step: SteerStep) => void;
  /** What earlier runs have generated, and in how many steps. */
  readonly earlier?: { readonly texts: GeneratedPair; readonly steps: number };
}

export class SteeredPair implements RowGroup {
  readonly #options: PairOptions;
  readonly #baseline: GrowingText;
  readonly #steered: GrowingText;
  readonly #random: Random;
  readonly #chooser: TokenChooser;
  readonly #steps: SteerStep[] = [];
  /** Steps of earlier runs. */
  readonly #before: number;
  #hasDrawnBefore: boolean;

  /** @throws MonosemError `badArgument` for sampling options or stop strings that are none */
  constructor(options: PairOptions) {
    this.#options = options;
    const { tokenizer, prompt, params, sample, earlier } = options;
    const text = { prompt, stop: params.stop ?? [] };
    this.#baseline = new GrowingText(tokenizer, text);
    this.#steered = new GrowingText(tokenizer, text);
    this.#random = new Random(params.seed + sample);
    this.#chooser = new TokenChooser(samplingSettings(params), (numbers) =>
      this.#random.fillUniform(numbers),
    );
    this.#before = earlier?.steps ?? 0;
    this.#hasDrawnBefore = this.#before === 0 || params.temperature === 0;
    if (earlier !== undefined) {
      this.#baseline.replay(earlier.texts.baseline);
      this.#steered.replay(earlier.texts.steered);
    }
  }

  get isEnded(): boolean {
    return this.#baseline.isEnded && this.#steered.isEnded;
  }

  get lastIds(): Pair<number> {
    return [this.#baseline.lastId, this.#steered.lastId];
  }

  step([baseline, steered]: readonly Float32Array[]): void {
    if (baseline === undefined || steered === undefined) {
      throw new MonosemError('internal', 'A run of two rows did not return two rows.');
    }
    const step = this.#stepOf([baseline, steered]);
    if (step.baseline === undefined && step.steered === undefined) return;
    this.#steps.push(step);
    this.#options.onStep(step);
  }

  /** Both tokens and what is to say of them; neither where both texts have ended. */
  #stepOf(logits: Pair<Float32Array>): SteerStep {
    const { sample, top, tokenizer } = this.#options;
    const compared = compareLogits(...logits);
    const isOver = this.#baseline.isEnded || this.#steered.isEnded;
    const [baseline, steered] = this.#choose(logits, [compared.pTotal, compared.qTotal]);
    const textOf = (id: number): string => tokenizer.textOf(id);
    return {
      sample,
      step: this.#before + this.#steps.length,
      ...(baseline && { baseline }),
      ...(steered && { steered }),
      kl: isOver ? 0 : compared.kl,
      ...(top > 0 && !isOver && { expected: expectedInStep(logits, compared, { top, textOf }) }),
    };
  }

  /** @param totals log Σ exp of the logits of each */
  #choose(
    [ofBaseline, ofSteered]: Pair<Float32Array>,
    totals: Pair<number>,
  ): Pair<GeneratedToken | undefined> {
    if (!this.#hasDrawnBefore) this.#drawBefore(ofBaseline.length);
    const [first = NaN, second = NaN] = this.#chooser.choose([
      { logits: ofBaseline, history: this.#baseline.history },
      { logits: ofSteered, history: this.#steered.history },
    ]);
    return [
      this.#baseline.take(first, (ofBaseline[first] ?? NaN) - totals[0]),
      this.#steered.take(second, (ofSteered[second] ?? NaN) - totals[1]),
    ];
  }

  /** @param breath awaited now and then while long texts are aligned */
  async finish(breath: () => Promise<void>): Promise<SteeredSample> {
    const [baseline, steered] = [this.#baseline.finish(), this.#steered.finish()];
    const [left, right] = [Uint32Array.from(baseline.tokens), Uint32Array.from(steered.tokens)];
    return {
      baseline,
      steered,
      steps: this.#steps,
      aligned: await alignTexts(left, right, breath),
    };
  }

  /** The random numbers of the steps before: a run that goes on is one longer run. @param V size of the vocabulary */
  #drawBefore(V: number): void {
    this.#hasDrawnBefore = true;
    const numbers = new Float64Array(V);
    for (let step = 0; step < this.#before; step++) this.#random.fillUniform(numbers);
  }
}
