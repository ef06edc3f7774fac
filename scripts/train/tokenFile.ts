// Stories from a file of uint16 little-endian ids in which every story begins with BOS, as
// scripts/models/sampleStories.ts writes it, also while it does.
import { patienceMs, readGrowing } from './growingFile.ts';

const bosId = 1;

/** One story in fifty is not trained on: the threshold is calibrated and held-out figures are measured on these. */
export function isHeldOut(index: number): boolean {
  return index % 50 === 49;
}

/** Stories in the order of the file, with their number in it. @param waitMs how long to wait for more */
export async function* readStories(
  file: string,
  waitMs = patienceMs,
): AsyncGenerator<{ readonly index: number; readonly ids: Uint32Array }, void, undefined> {
  let pending: number[] = [];
  let index = 0;
  for await (const chunk of readGrowing(file, 2, { chunkRecords: 1 << 12, waitMs })) {
    for (const id of new Uint16Array(chunk)) {
      if (id === bosId && pending.length > 0) {
        yield { index, ids: Uint32Array.from(pending) };
        index += 1;
        pending = [];
      }
      pending.push(id);
    }
  }
  if (pending.length > 0) yield { index, ids: Uint32Array.from(pending) };
}
