// (h) How long a large SAE takes from “open SAE” to its first features: the engine, whose model is open and in use,
// against onnxruntime opening a finished graph of the same encoder over the same file and running it on activations;
// time and highest memory. Model and SAE are random, made for the purpose and removed afterwards. Each opening is a
// process of its own, in turns; the first of each side warms the page cache and does not count.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inFreshProcess } from './freshProcess.ts';
import type { OpeningReport } from './opening.ts';
import type { Effort } from './options.ts';
import type { BenchResult } from './result.ts';
import { compare } from './statistics.ts';

/** What a process is told to do. */
export interface SaeOpeningWork {
  readonly side: 'make' | 'plain' | 'engine';
  readonly folder: string;
}

const megabyte = 1024 * 1024;
const script = 'openingSaeProcess.ts';

async function openings(folder: string, rounds: number): Promise<BenchResult[]> {
  const { bytes } = await inFreshProcess<{ bytes: number }>(script, { side: 'make', folder });
  const ours: OpeningReport[] = [];
  const theirs: OpeningReport[] = [];
  for (let round = -1; round < rounds; round++) {
    const engine = await inFreshProcess<OpeningReport>(script, { side: 'engine', folder });
    const plain = await inFreshProcess<OpeningReport>(script, { side: 'plain', folder });
    if (round < 0) continue;
    ours.push(engine);
    theirs.push(plain);
  }
  const about = {
    model: `SAE of ${(bytes / 1e6).toFixed(0)} MB`,
    monosem: 'from “open SAE” to the first features',
    reference: 'plain session on its encoder, and one run',
  };
  const pairs = (value: (report: OpeningReport) => number): Parameters<typeof compare>[1] => ({
    monosem: ours.map(value),
    reference: theirs.map(value),
  });
  return [
    compare(
      { name: 'openSae', unit: 'ms', ...about },
      pairs(({ ms }) => ms),
    ),
    compare(
      { name: 'openSaeMemory', unit: 'MB', ...about },
      pairs(({ peak }) => peak / megabyte),
    ),
  ];
}

export async function benchOpeningSae({ openings: rounds }: Effort): Promise<BenchResult[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-opening-sae-'));
  try {
    return await openings(folder, rounds);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
