// (f) What opening costs: reading the graph, finding the sites, building an overlay and opening a session on it,
// against onnxruntime opening the same file; time and highest memory. The model is made for the purpose, more than
// 500 MB of float32 weights, once inside the .onnx file and once beside it, and removed afterwards. Each opening is a
// process of its own, in turns; the first of each side warms the page cache and does not count.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { inFreshProcess } from './freshProcess.ts';
import type { Effort } from './options.ts';
import type { BenchResult } from './result.ts';
import { compare } from './statistics.ts';

/** What a process is told to do. */
export interface OpeningWork {
  readonly side: 'make' | 'plain' | 'overlaid';
  readonly folder: string;
  readonly weights: 'inline' | 'external';
}

export interface OpeningReport {
  readonly ms: number;
  /** Highest resident memory so far, in bytes. */
  readonly peak: number;
}

const megabyte = 1024 * 1024;
const script = 'openingProcess.ts';

async function openings(work: Omit<OpeningWork, 'side'>, rounds: number): Promise<BenchResult[]> {
  await inFreshProcess(script, { ...work, side: 'make' });
  const ours: OpeningReport[] = [];
  const theirs: OpeningReport[] = [];
  for (let round = -1; round < rounds; round++) {
    const overlaid = await inFreshProcess<OpeningReport>(script, { ...work, side: 'overlaid' });
    const plain = await inFreshProcess<OpeningReport>(script, { ...work, side: 'plain' });
    if (round < 0) continue;
    ours.push(overlaid);
    theirs.push(plain);
  }
  const sides = { monosem: 'parse, overlay and session', reference: 'plain session' };
  const model = `${sizeOf(work.folder)} MB, weights ${work.weights}`;
  const series = (value: (report: OpeningReport) => number): Parameters<typeof compare>[1] => ({
    monosem: ours.map(value),
    reference: theirs.map(value),
  });
  return [
    compare(
      { name: 'open', model, unit: 'ms', ...sides },
      series(({ ms }) => ms),
    ),
    compare(
      { name: 'openMemory', model, unit: 'MB', ...sides },
      series(({ peak }) => peak / megabyte),
    ),
  ];
}

function sizeOf(folder: string): string {
  const sizes = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size);
  return (sizes.reduce((a, b) => a + b, 0) / 1e6).toFixed(0);
}

export async function benchOpening({ openings: rounds }: Effort): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const weights of ['inline', 'external'] as const) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-opening-'));
    try {
      results.push(...(await openings({ folder, weights }, rounds)));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
  return results;
}
