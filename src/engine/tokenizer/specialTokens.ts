// The texts of a model's special tokens, as the small JSON files of its folder name them.
import path from 'node:path';
import { exists, readJsonObject } from '../files/files.ts';

type Json = Readonly<Record<string, unknown>>;

/** A file that folders may do without; empty when it is not there. */
export async function readOptionalJson(folder: string, name: string): Promise<Json> {
  const file = path.join(folder, name);
  return (await exists(file)) ? readJsonObject(file, `The configuration ${name}`) : {};
}

/** A special token is written as its text or as an object with `content`. */
function tokenText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || !('content' in value)) return undefined;
  return typeof value.content === 'string' ? value.content : undefined;
}

/**
 * Texts by role, e.g. `bos_token` → `<s>`: from tokenizer_config.json, and from special_tokens_map.json what is not
 * mentioned there. A role that is null in the first file has no token, whatever the second says.
 */
export async function readSpecialTokens(folder: string): Promise<ReadonlyMap<string, string>> {
  const [config = {}, map = {}] = await Promise.all(
    ['tokenizer_config.json', 'special_tokens_map.json'].map((name) =>
      readOptionalJson(folder, name),
    ),
  );
  const found = new Map<string, string>();
  for (const [role, value] of Object.entries({ ...map, ...config })) {
    const text = tokenText(value);
    if (role.endsWith('_token') && text !== undefined) found.set(role, text);
  }
  return found;
}
