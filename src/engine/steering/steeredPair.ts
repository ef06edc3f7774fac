// One sample: a baseline and a steered text that grow step by step from the same random numbers.
import type {
  GeneratedPair,
  GenerationParams,
  SteeredSample,
  SteerStep,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { compareLogits } from '../math/kl.ts';
import { Random } from '../math/rng.ts';
import { TokenChooser } from '../math/tokenChooser.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import { expectedInStep } from './expectedInStep.ts';
import type { RowGroup } from './generate.ts';
import { GrowingText } from './growingText.ts';
import { samplingSettings } from './samplingOptions.ts';

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
    this.#chooser = new TokenChooser(samplingSettings(params), () => this.#random.uniform());
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

  get lastIds(): readonly [baseline: number, steered: number] {
    return [this.#baseline.lastId, this.#steered.lastId];
  }

  step([ofBaseline, ofSteered]: readonly Float32Array[]): void {
    if (ofBaseline === undefined || ofSteered === undefined) {
      throw new MonosemError('internal', 'A run of two rows did not return two rows.');
    }
    const [baseline, steered] = [this.#baseline, this.#steered];
    if (!this.#hasDrawnBefore) this.#drawBefore(ofBaseline.length);
    const [first = NaN, second = NaN] = this.#chooser.choose([
      { logits: ofBaseline, history: baseline.history },
      { logits: ofSteered, history: steered.history },
    ]);
    const compared = compareLogits(ofBaseline, ofSteered);
    const isOver = baseline.isEnded || steered.isEnded;
    const one = baseline.take(first, (ofBaseline[first] ?? NaN) - compared.pTotal);
    const other = steered.take(second, (ofSteered[second] ?? NaN) - compared.qTotal);
    if (one === undefined && other === undefined) return;
    const { sample, top, tokenizer, onStep } = this.#options;
    const step: SteerStep = {
      sample,
      step: this.#before + this.#steps.length,
      ...(one === undefined ? {} : { baseline: one }),
      ...(other === undefined ? {} : { steered: other }),
      kl: isOver ? 0 : compared.kl,
      ...(top > 0 && !isOver
        ? { expected: expectedInStep([ofBaseline, ofSteered], top, (id) => tokenizer.textOf(id)) }
        : {}),
    };
    this.#steps.push(step);
    onStep(step);
  }

  finish(): SteeredSample {
    return {
      baseline: this.#baseline.finish(),
      steered: this.#steered.finish(),
      steps: this.#steps,
    };
  }

  /** The random numbers of the steps before: a run that goes on is one longer run. @param V size of the vocabulary */
  #drawBefore(V: number): void {
    this.#hasDrawnBefore = true;
    for (let i = 0; i < this.#before * V; i++) this.#random.uniform();
  }
}
