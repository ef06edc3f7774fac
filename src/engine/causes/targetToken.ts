// The one token that a text stands for behind other text.
import type { TargetToken } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { commonPrefix } from '../analysis/analysedWindow.ts';
import type { OpenModel } from '../model/openModel.ts';

export interface TextBefore {
  readonly text: string;
  /** Its tokens. */
  readonly ids: Uint32Array;
}

/**
 * Spaces and pieces of words are tokens of their own kind, so a text is encoded together with what precedes it; by
 * itself only where its beginning grows together with that.
 * @throws MonosemError `badArgument` for an id outside the vocabulary, and for a text that is no one token
 */
export async function targetId(
  { tokenizer, config }: Pick<OpenModel, 'tokenizer' | 'config'>,
  target: TargetToken,
  before: TextBefore,
): Promise<number> {
  if ('id' in target) {
    if (Number.isInteger(target.id) && target.id >= 0 && target.id < config.vocabularySize)
      return target.id;
    throw new MonosemError(
      'badArgument',
      `The model has no token ${target.id}; its tokens are 0 to ${config.vocabularySize - 1}.`,
    );
  }
  const { ids } = await tokenizer.encode(before.text + target.text);
  const isKept = commonPrefix(ids, before.ids) === before.ids.length;
  const own = isKept ? ids.subarray(before.ids.length) : (await tokenizer.encode(target.text)).ids;
  const [id] = own;
  if (id !== undefined && own.length === 1) return id;
  throw new MonosemError(
    'badArgument',
    `The target "${target.text}" is ${own.length === 0 ? 'empty' : `${own.length} tokens`} behind this text and has to be one; give ${id === undefined ? 'a word' : `its first one, "${tokenizer.textOf(id)}"`} instead.`,
  );
}
