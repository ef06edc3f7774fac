// What the model reads before it writes: the ids of a prompt, as plain text or as what a user says in a chat.
import { MonosemError } from '../../shared/errors.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { Program } from '../model/program.ts';

/**
 * Prompt tokens per run of the model; a cancellation is noticed between two runs. Without a KV cache everything would be
 * read again in every run, so there is one. A dynamically quantized model reads
 * one at a time: the scale of its 8-bit activations spans a run, and beside the first token, whose activations are a
 * hundred times the others', those of the others vanish.
 */
export function promptBlock({ sites }: OpenModel, { hasCache }: Program): number {
  if (!hasCache) return Infinity;
  return sites.dynamicallyQuantized ? 1 : 256;
}

export interface Prompt {
  readonly prompt: string;
  /** The prompt is one message of a user, put into the model's chat template. */
  readonly chat?: boolean;
}

/**
 * The text of a prompt, as the model's chat template writes it where it is one of a chat.
 * @throws MonosemError `unsupportedModel` for a chat with a model that has no template
 */
export function promptText(
  { name, chatTemplate }: OpenModel,
  { prompt, chat = false }: Prompt,
): string {
  if (!chat) return prompt;
  if (chatTemplate === undefined) {
    throw new MonosemError(
      'unsupportedModel',
      `The model ${name} has no chat template (chat_template in tokenizer_config.json, or chat_template.jinja); give it plain text to continue instead.`,
    );
  }
  const messages = [{ role: 'user', content: prompt }];
  return chatTemplate.render(messages, { addGenerationPrompt: true });
}

/**
 * Ids [T], T ≥ 1. A chat template writes BOS itself where the model wants one, so nothing is put in front of it.
 * @param bosId what a plain prompt begins with, if anything
 * @throws MonosemError `emptyText`, or `unsupportedModel` for a chat with a model that has no template
 */
export async function promptIds(
  model: OpenModel,
  prompt: Prompt,
  bosId: number | undefined,
): Promise<Uint32Array> {
  const { ids } = await model.tokenizer.encode(promptText(model, prompt));
  const first = prompt.chat === true || bosId === undefined ? [] : [bosId];
  if (first.length + ids.length > 0) return Uint32Array.from([...first, ...ids]);
  throw new MonosemError('emptyText', 'The prompt is empty; write a few words to continue from.');
}

/**
 * Tokens that fit behind a text: a prompt, and what was generated before.
 * @param contextLength longest sequence of the model, this text included
 * @throws MonosemError `tooManyTokens`
 */
export function roomBehind(text: Uint32Array, contextLength: number): number {
  const room = contextLength - text.length;
  if (room > 0) return room;
  throw new MonosemError(
    'tooManyTokens',
    `The text to continue has ${text.length} tokens, but the model reads ${contextLength} at most and needs room behind it; shorten the prompt.`,
  );
}
