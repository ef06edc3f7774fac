// Which ids begin and end a text, from the small JSON files of a model folder. They disagree in the wild: the
// tokenizer's own choice of BOS counts most, and every id that any of the files calls an end is one.
import path from 'node:path';
import { exists, readJsonObject } from '../files/files.ts';

export interface SpecialIds {
  readonly bosId: number | undefined;
  /** Without repeats; may be empty. */
  readonly eosIds: readonly number[];
}

type Json = Readonly<Record<string, unknown>>;

async function readOptional(folder: string, name: string): Promise<Json> {
  const file = path.join(folder, name);
  return (await exists(file)) ? readJsonObject(file, `The configuration ${name}`) : {};
}

/** A special token is written as its text or as an object with `content`. */
function tokenText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !('content' in value)) return undefined;
  return typeof value.content === 'string' ? value.content : undefined;
}

function idsOf(value: unknown): number[] {
  const ids: unknown[] = Array.isArray(value) ? value : [value];
  return ids.filter(
    (id): id is number => typeof id === 'number' && Number.isInteger(id) && id >= 0,
  );
}

/** @param idOf the vocabulary's id of a token */
export async function readSpecialIds(
  folder: string,
  idOf: (token: string) => number | undefined,
): Promise<SpecialIds> {
  const [tokenizer, generation, model] = await Promise.all(
    ['tokenizer_config.json', 'generation_config.json', 'config.json'].map((name) =>
      readOptional(folder, name),
    ),
  );
  const named = (key: string): number[] => {
    const text = tokenText(tokenizer?.[key]);
    const id = text === undefined ? undefined : idOf(text);
    return id === undefined ? [] : [id];
  };
  const all = (name: 'bos' | 'eos'): number[] => [
    ...named(`${name}_token`),
    ...idsOf(generation?.[`${name}_token_id`]),
    ...idsOf(model?.[`${name}_token_id`]),
  ];
  return { bosId: all('bos')[0], eosIds: [...new Set(all('eos'))] };
}
