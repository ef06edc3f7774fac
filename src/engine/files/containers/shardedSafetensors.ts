// Safetensors in one file or spread over several with an index beside them:
// NAME.safetensors.index.json = { "weight_map": { tensor: file name } }, as Hugging Face libraries write it.
import path from 'node:path';
import { exists, readJsonObject } from '../files.ts';
import { readSafetensors, type SafetensorsHeader } from '../safetensors.ts';
import { damagedContainer, type StoredView, type TensorTable } from './tensorTable.ts';

const what = 'The safetensors index';
const maxShards = 10_000;

/** Plain names only: shards lie beside the index, and an index is data from elsewhere. */
function isFileName(name: unknown): name is string {
  return typeof name === 'string' && /^[^/\\:\0]+\.safetensors$/.test(name);
}

function add(
  table: { tensors: Map<string, StoredView>; unusable: Map<string, string> },
  header: SafetensorsHeader,
  name: string,
): boolean {
  const stored = header.tensors.get(name);
  const dtype = header.unsupported.get(name);
  if (stored !== undefined) table.tensors.set(name, { stored, isTransposed: false });
  else if (dtype !== undefined) table.unusable.set(name, `has the type ${dtype}`);
  return stored !== undefined || dtype !== undefined;
}

async function readSharded(index: string): Promise<TensorTable> {
  const { weight_map: map } = await readJsonObject(index, what);
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw damagedContainer(what, index, 'it has no weight_map');
  }
  const table = { tensors: new Map<string, StoredView>(), unusable: new Map<string, string>() };
  const entries = Object.entries(map as Readonly<Record<string, unknown>>);
  const shards = new Set(entries.map(([, shard]) => shard));
  if (shards.size > maxShards) throw damagedContainer(what, index, `it names ${shards.size} files`);
  for (const shard of shards) {
    if (!isFileName(shard)) {
      const named = JSON.stringify(shard);
      throw damagedContainer(what, index, `${named} is no name of a safetensors file beside it`);
    }
    const header = await readSafetensors(path.join(path.dirname(index), shard));
    for (const [name] of entries.filter(([, inShard]) => inShard === shard)) {
      if (add(table, header, name)) continue;
      throw damagedContainer(what, index, `tensor ${name} is not in ${shard}`);
    }
  }
  return { file: index, ...table };
}

/**
 * The tensors of `file`, or of the shards that `file`.index.json lists when there is no such file.
 * @throws MonosemError as readSafetensors does; `fileDamaged` for an index that names what is not there
 */
export async function readSafetensorsTable(file: string): Promise<TensorTable> {
  const index = `${file}.index.json`;
  if (!(await exists(file)) && (await exists(index))) return readSharded(index);
  const header = await readSafetensors(file);
  const table = { tensors: new Map<string, StoredView>(), unusable: new Map<string, string>() };
  for (const name of [...header.tensors.keys(), ...header.unsupported.keys()]) {
    add(table, header, name);
  }
  return { file, ...table };
}
