// What edits do to the probability of a given continuation: steering without sampling.
import type {
  ContinuationEffect,
  ContinuationEffectParams,
  ReadContinuation,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { commonPrefix, type Breath } from '../analysis/analysedWindow.ts';
import type { OpenSource } from '../sources/openSource.ts';
import { promptIds, promptText } from '../steering/prompt.ts';
import { readBesideBaseline } from './besideBaseline.ts';

/**
 * @throws MonosemError `emptyText` for an empty continuation, or prompt where the model has no BOS; `tooManyTokens`,
 *   `unknownFeature`, `badEdit`, `unsupportedModel`; whatever reading a feature store or `breath` throws
 */
export async function continuationEffect(
  open: OpenSource,
  params: ContinuationEffectParams,
  breath: Breath,
): Promise<ContinuationEffect> {
  const { model } = open;
  const prompt = await promptIds(model, params, open.bosId);
  const ids = await continuationIds(open, params, prompt);
  const sequence = Uint32Array.from([...prompt, ...ids]);
  expectRoom(sequence, model.config.contextLength);
  const last = prompt.length - 1;
  const { baseline, edited } = await readBesideBaseline(
    open,
    {
      sequence,
      promptLength: prompt.length,
      from: last,
      until: last + ids.length,
      readAt: last,
    },
    params.edits,
    breath,
  );
  return {
    promptTokens: prompt.length,
    ids,
    texts: Array.from(ids, (id) => model.tokenizer.textOf(id)),
    baseline: readOf(baseline.losses),
    steered: readOf(edited.losses),
  };
}

/** Of the joined text where it begins with the tokens of the prompt, else of the continuation by itself. */
async function continuationIds(
  { model, bosId }: OpenSource,
  params: ContinuationEffectParams,
  prompt: Uint32Array,
): Promise<Uint32Array> {
  const { continuation, chat = false } = params;
  const { tokenizer } = model;
  const own = prompt.subarray(chat || bosId === undefined ? 0 : 1);
  const joined = await tokenizer.encode(promptText(model, params) + continuation);
  const isKept = commonPrefix(joined.ids, own) === own.length;
  const { ids } = isKept ? joined : await tokenizer.encode(continuation);
  const behind = isKept ? ids.slice(own.length) : ids;
  if (behind.length > 0) return behind;
  throw new MonosemError(
    'emptyText',
    'The continuation is empty; write the words that are to be judged behind the prompt.',
  );
}

/** @throws MonosemError `tooManyTokens` */
function expectRoom({ length }: Uint32Array, contextLength: number): void {
  if (length <= contextLength) return;
  throw new MonosemError(
    'tooManyTokens',
    `Prompt and continuation have ${length} tokens, but the model reads ${contextLength} at most; shorten one of them.`,
  );
}

/** @param losses [count] in nats */
function readOf(losses: Float32Array): ReadContinuation {
  const sum = losses.reduce((total, loss) => total + loss, 0);
  return { losses, sum, perplexity: Math.exp(sum / losses.length) };
}
