// What a model writes behind a prompt when nothing is changed: generation without an SAE.
import type {
  Continuation,
  ContinuationParams,
  ContinuationStep,
} from '../../shared/engineProtocol.ts';
import { Random } from '../math/rng.ts';
import { logSoftmaxAt } from '../math/softmax.ts';
import { TokenChooser } from '../math/tokenChooser.ts';
import { likelyTokens } from '../model/likelyTokens.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { Program } from '../model/program.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import { unedited } from './editPlan.ts';
import { generate, type RowGroup } from './generate.ts';
import { GrowingText } from './growingText.ts';
import { LastPrefix } from './prefix.ts';
import { promptBlock, promptIds } from './prompt.ts';
import { samplingSettings } from './samplingOptions.ts';

export interface ContinuableModel {
  readonly model: OpenModel;
  /** From `openSteerProgram` for the same model, without SAEs. */
  readonly program: Program;
}

/**
 * A plain prompt begins with BOS where the model's tokenizer puts one there. It is read once for all samples.
 * @param breath awaited between two runs of the model
 * @returns a text per sample
 * @throws MonosemError `emptyText`, `tooManyTokens`, `unsupportedModel`, `badArgument` for sampling options or stop strings
 *   that are none; whatever `breath` throws
 */
export async function continueText(
  { model, program }: ContinuableModel,
  params: ContinuationParams,
  onStep: (step: ContinuationStep) => void,
  breath: () => Promise<void>,
): Promise<readonly Continuation[]> {
  const { tokenizer } = model;
  const bosId = tokenizer.startsWithBos ? tokenizer.bosId : undefined;
  const prompt = await promptIds(model, params, bosId);
  // As those of a steered run: at temperature 0 all would be the same.
  const count = params.temperature === 0 ? 1 : (params.samples ?? 1);
  const samples = Array.from(
    { length: count },
    (_, sample) => new ContinuedSample({ tokenizer, prompt, params, sample, onStep }),
  );
  const generation = {
    edits: { program, plan: unedited, feeds: {} },
    sites: model.sites,
    prefix: new LastPrefix(),
    groups: samples,
    sequences: samples.map(() => [prompt]),
    promptBlock: promptBlock(model, program),
    maxTokens: params.maxTokens,
    contextLength: model.config.contextLength,
  };
  await generate(generation, breath);
  return samples.map((sample) => sample.finish());
}

interface SampleOptions {
  readonly tokenizer: TextTokenizer;
  /** [T] ids, BOS included. */
  readonly prompt: Uint32Array;
  readonly params: ContinuationParams;
  /** From 0. */
  readonly sample: number;
  readonly onStep: (step: ContinuationStep) => void;
}

/** One text, drawn as the baseline of a steered run with the same seed is. */
class ContinuedSample implements RowGroup {
  readonly #options: SampleOptions;
  readonly #text: GrowingText;
  readonly #chooser: TokenChooser;

  /** @throws MonosemError `badArgument` for sampling options or stop strings that are none */
  constructor(options: SampleOptions) {
    const { tokenizer, prompt, params, sample } = options;
    this.#options = options;
    this.#text = new GrowingText(tokenizer, { prompt, stop: params.stop ?? [] });
    const random = new Random(params.seed + sample);
    this.#chooser = new TokenChooser(samplingSettings(params), (numbers) =>
      random.fillUniform(numbers),
    );
  }

  get isEnded(): boolean {
    return this.#text.isEnded;
  }

  get lastIds(): readonly number[] {
    return [this.#text.lastId];
  }

  step([logits = new Float32Array(0)]: readonly Float32Array[]): void {
    const { tokenizer, sample, onStep } = this.#options;
    const { top = 0 } = this.#options.params;
    const [id = NaN] = this.#chooser.choose([{ logits, history: this.#text.history }]);
    const token = this.#text.take(id, logSoftmaxAt(logits, id));
    if (token === undefined) return;
    const textOf = (each: number): string => tokenizer.textOf(each);
    onStep({
      ...{ sample, ...token },
      ...(top > 0 && { expected: likelyTokens(logits, top, textOf) }),
    });
  }

  finish(): Continuation {
    return this.#text.finish();
  }
}
