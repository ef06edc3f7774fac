// Which ids begin and end a text, from the small JSON files of a model folder. They disagree in the wild: the
// tokenizer's own choice of BOS counts most, and every id that any of the files calls an end is one.
import { readOptionalJson, readSpecialTokens } from './specialTokens.ts';

export interface SpecialIds {
  readonly bosId: number | undefined;
  /** The tokenizer puts BOS in front of a text by itself. */
  readonly startsWithBos: boolean;
  /** Without repeats; may be empty. */
  readonly eosIds: readonly number[];
}

export interface Vocabulary {
  /** The vocabulary's id of a token. */
  readonly idOf: (token: string) => number | undefined;
  /** Ids that the post-processor of tokenizer.json puts in front of a text. */
  readonly prefix: readonly number[];
}

/**
 * Tokenizer classes of transformers that decide about BOS by `add_bos_token` (true by default) and replace the
 * post-processor of tokenizer.json accordingly; all others leave the decision to tokenizer.json
 * (transformers 4.57, `update_post_processor`).
 */
const decidesItself = /^(CodeLlama|Cohere|Gemma|Llama)Tokenizer(Fast)?$/;

function idsOf(value: unknown): number[] {
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  return ids.filter(
    (id): id is number => typeof id === 'number' && Number.isInteger(id) && id >= 0,
  );
}

/** `key` of the file's top level, and of the parts in which some models keep the decoder's. */
function idsIn(json: Readonly<Record<string, unknown>>, key: string): number[] {
  const parts = [json, json['text_config'], json['model']];
  return parts.flatMap((part) =>
    typeof part === 'object' && part !== null && key in part
      ? idsOf((part as Readonly<Record<string, unknown>>)[key])
      : [],
  );
}

export async function readSpecialIds(
  folder: string,
  { idOf, prefix }: Vocabulary,
): Promise<SpecialIds> {
  const texts = await readSpecialTokens(folder);
  const config = await readOptionalJson(folder, 'tokenizer_config.json');
  const others = await Promise.all(
    ['generation_config.json', 'config.json', 'genai_config.json'].map((name) =>
      readOptionalJson(folder, name),
    ),
  );
  const named = (role: string): number[] => {
    const text = texts.get(role);
    const id = text === undefined ? undefined : idOf(text);
    return id === undefined ? [] : [id];
  };
  const statedIds = (key: string): number[] => others.flatMap((json) => idsIn(json, key));
  const stated = [...named('bos_token'), ...statedIds('bos_token_id')];
  const kind = config['tokenizer_class'];
  const own = typeof kind === 'string' && decidesItself.test(kind);
  return {
    // What the post-processor does says more than what a file calls it: XGLM's texts begin with its EOS.
    bosId: own ? stated[0] : [...prefix, ...stated][0],
    startsWithBos: own
      ? texts.has('bos_token') && config['add_bos_token'] !== false
      : prefix.length > 0,
    eosIds: [...new Set([...named('eos_token'), ...statedIds('eos_token_id')])],
  };
}
