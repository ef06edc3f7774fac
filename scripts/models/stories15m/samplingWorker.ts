// A process that samples waves of stories: the first message says how, every following one names a wave. It stops when
// its parent disconnects.
import { join } from 'node:path';
import { readCheckpoint } from './checkpoint.ts';
import { fetchSource } from './source.ts';
import { StorySampler } from './storySampler.ts';
import type { SamplingOptions } from './storySampler.ts';

export type WorkerRequest = SamplingOptions | { readonly wave: number };

export interface WorkerResult {
  /** Stories one after another, each beginning with BOS. */
  readonly ids: Uint16Array;
  /** So far in this process; see `StorySampler.probabilityMass`. */
  readonly probabilityMass: Float64Array;
}

let sampler: Promise<StorySampler> | undefined;

async function answer(request: WorkerRequest): Promise<void> {
  if (!('wave' in request)) {
    const cache = join(import.meta.dirname, '..', '..', '..', '.cache', 'models');
    sampler = StorySampler.open(readCheckpoint(fetchSource(cache).checkpoint), request);
    return;
  }
  const opened = await sampler;
  if (opened === undefined) throw new Error('The worker was not told how to sample.');
  const ids = Uint16Array.from((await opened.wave(request.wave)).flat());
  const result: WorkerResult = { ids, probabilityMass: opened.probabilityMass };
  process.send?.(result);
}

process.on('message', (request: WorkerRequest) => {
  answer(request).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.on('disconnect', () => {
  process.exit();
});
