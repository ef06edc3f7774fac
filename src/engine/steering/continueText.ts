// What a model writes behind a prompt when nothing is changed: generation without an SAE.
import type {
  Continuation,
  ContinuationParams,
  ContinuationStep,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { Random } from '../math/rng.ts';
import { logSoftmaxAt } from '../math/softmax.ts';
import { TokenChooser } from '../math/tokenChooser.ts';
import { GrowingCache } from '../model/growingCache.ts';
import { likelyTokens } from '../model/likelyTokens.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { Program } from '../model/program.ts';
import { GrowingText } from './growingText.ts';
import { promptBlock, promptIds, roomBehind } from './prompt.ts';
import { samplingSettings } from './samplingOptions.ts';
import { nextLogits } from './steerProgram.ts';

export interface ContinuableModel {
  readonly model: OpenModel;
  /** From `openSteerProgram` for the same model, without SAEs. */
  readonly program: Program;
}

/**
 * A plain prompt begins with BOS where the model's tokenizer puts one there.
 * @param breath awaited between two runs of the model
 * @throws MonosemError `emptyText`, `tooManyTokens`, `unsupportedModel`; whatever `breath` throws
 */
export async function continueText(
  { model, program }: ContinuableModel,
  params: Omit<ContinuationParams, 'samples'>,
  onStep: (step: Omit<ContinuationStep, 'sample'>) => void,
  breath: () => Promise<void>,
): Promise<Continuation> {
  const { tokenizer, config } = model;
  const bosId = tokenizer.startsWithBos ? tokenizer.bosId : undefined;
  const prompt = await promptIds(model, params, bosId);
  const length = Math.min(params.maxTokens, roomBehind(prompt, config.contextLength));
  const row = new Row(program, promptBlock(model, program));
  const random = new Random(params.seed);
  // The same draws as the baseline of a steered run has.
  const chooser = new TokenChooser(samplingSettings(params), (numbers) =>
    random.fillUniform(numbers),
  );
  const text = new GrowingText(tokenizer, { prompt, stop: params.stop ?? [] });
  const { top = 0 } = params;
  const textOf = (id: number): string => tokenizer.textOf(id);
  await breath();
  let logits = await row.feed(prompt, breath);
  for (let count = 0; count < length; count++) {
    if (count > 0) {
      await breath();
      logits = await row.feed(Uint32Array.of(text.lastId), breath);
    }
    const [id = NaN] = chooser.choose([{ logits, history: text.history }]);
    const token = text.take(id, logSoftmaxAt(logits, id));
    if (token === undefined) break;
    onStep(top > 0 ? { ...token, expected: likelyTokens(logits, top, textOf) } : token);
    if (text.isEnded) break;
  }
  return text.finish();
}

/** One sequence as the model has read it so far. */
class Row {
  readonly #program: Program;
  readonly #block: number;
  readonly #cache = new GrowingCache();
  /** Everything read; kept for models without a KV cache, which read it all again at every step. */
  #ids = new Uint32Array(0);

  /** @param block tokens per run of the model */
  constructor(program: Program, block: number) {
    this.#program = program;
    this.#block = block;
  }

  /** @returns the logits [V] behind the last of these tokens */
  async feed(ids: Uint32Array, breath: () => Promise<void>): Promise<Float32Array> {
    if (!this.#program.hasCache) {
      this.#ids = Uint32Array.from([...this.#ids, ...ids]);
      return this.#run(this.#ids);
    }
    for (let at = 0; at + this.#block < ids.length; at += this.#block) {
      await this.#run(ids.subarray(at, at + this.#block));
      await breath();
    }
    const rest = (ids.length - 1) % this.#block;
    return this.#run(ids.subarray(ids.length - 1 - rest));
  }

  async #run(ids: Uint32Array): Promise<Float32Array> {
    const outputs = await this.#cache.read(this.#program, { ids, batch: 1 });
    const data = outputs[nextLogits]?.data;
    if (data instanceof Float32Array) return data;
    throw new MonosemError('internal', 'The graph that continues text has no logits.');
  }
}
