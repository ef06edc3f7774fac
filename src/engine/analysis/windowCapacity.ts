// How much text of a document the model reads at once.
import type { OpenModel } from '../model/openModel.ts';

/** Longest window in tokens, also for models that read more: beyond it a keystroke would cost too much. */
const longestWindow = 1024;

/** Most text tokens per window of a model. @param bosId takes a place where texts get one in front */
export function windowCapacity(
  { config }: Pick<OpenModel, 'config'>,
  bosId: number | undefined,
): number {
  return Math.min(config.contextLength, longestWindow) - (bosId === undefined ? 0 : 1);
}
