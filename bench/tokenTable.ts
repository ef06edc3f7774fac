// What the extension host keeps of a large file, without VS Code: the table of tokens takes an edit, gives what is seen,
// takes an answer of the engine; and the text leaves for an engine process.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { suitability } from '../src/host/documents/suitability.ts';
import { TokenTable } from '../src/host/documents/tokenTable.ts';
import type { KeptBatches, TokenBatch } from '../src/shared/engineProtocol.ts';
import { tokenIndex } from '../src/shared/units.ts';
import { longText } from './largeFile.ts';
import type { Effort } from './options.ts';
import type { BenchResult } from './result.ts';
import { single, timed } from './statistics.ts';

const tokens = 100_000;
/** Tokens per batch, about as windows of the embedded model report them. */
const perBatch = 190;
const tokenLength = 4;
const topK = 5;
/** Tokens that are painted in an editor, about. */
const shown = 5000;
/** The default of the setting for files that are analysed as a whole. */
const maxFileKB = 256;
/** Each round does everything a few times. */
const repeats = 20;

export async function benchTokenTable({ rounds }: Effort): Promise<readonly BenchResult[]> {
  const times = { edit: [] as number[], shown: [] as number[], answer: [] as number[] };
  const { table, batches } = filledTable();
  for (let n = 0; n < rounds * repeats; n++) {
    // Somewhere else each time, so that the table is cut into more and more pieces until an answer comes.
    const offset = ((n * 7919) % tokens) * tokenLength;
    times.edit.push(await timed(() => table.edit({ offset, removed: 0, inserted: 1 })));
    times.shown.push(await timed(() => table.between(offset, offset + shown * tokenLength)));
    if (n % repeats === repeats - 1)
      times.answer.push(await timed(() => takeAnswer(table, batches)));
  }
  const about = { model: `${tokens.toLocaleString('en')} tokens`, unit: 'ms' } as const;
  return [
    single({ ...about, name: 'tableEdit', what: 'the table of tokens takes an edit' }, times.edit),
    single({ ...about, name: 'tableShown', what: `… gives ${shown} tokens` }, times.shown),
    single({ ...about, name: 'tableAnswer', what: '… takes an answer' }, times.answer),
    await benchSending(rounds),
  ];
}

function filledTable(): { readonly table: TokenTable; readonly batches: readonly TokenBatch[] } {
  const table = new TokenTable();
  const batches: TokenBatch[] = [];
  for (let from = 0; from < tokens; from += perBatch) {
    batches.push(batchOf(from, Math.min(perBatch, tokens - from)));
  }
  for (const batch of batches) table.insert(batch, 1);
  return { table, batches };
}

function batchOf(from: number, count: number): TokenBatch {
  const place = (_: unknown, row: number): number => (from + row) * tokenLength;
  const starts = Uint32Array.from({ length: count }, place);
  const reading = {
    ...{ sae: '/sae', topK, slots: topK, features: new Uint32Array(count * topK) },
    activations: new Float32Array(count * topK).fill(1),
  };
  return {
    ...{ key: from, from: tokenIndex(from), count, readings: [reading] },
    ...{ ids: new Uint32Array(count), starts, ends: starts.map((start) => start + tokenLength) },
  };
}

let run = 1;

/** The engine sends what lies around some edits and keeps the rest. */
function takeAnswer(table: TokenTable, batches: readonly TokenBatch[]): void {
  run++;
  table.tell();
  const kept = batches.filter((_, n) => n % repeats !== 0);
  for (const batch of batches) if (!kept.includes(batch)) table.insert(batch, run);
  const still: KeptBatches = {
    keys: Float64Array.from(kept, ({ key }) => key),
    froms: Uint32Array.from(kept, ({ from }) => from),
    starts: Uint32Array.from(kept, ({ starts }) => starts[0] ?? 0),
  };
  table.finish(run, still);
}

/** Processor time of this process for asking with a text of 2 MB: looking at it, and sending it. */
async function benchSending(rounds: number): Promise<BenchResult> {
  const entry = path.join(import.meta.dirname, 'receiverProcess.ts');
  const engine = fork(entry, [], { serialization: 'advanced' });
  const text = longText();
  const times: number[] = [];
  try {
    for (let n = 0; n < rounds; n++) {
      const before = process.cpuUsage();
      suitability(text, maxFileKB);
      engine.send({ text });
      await once(engine, 'message');
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
    }
  } finally {
    engine.kill();
  }
  const what = 'a text is looked at and sent to the engine';
  return single({ name: 'textSent', model: '2 MB', what, unit: 'ms' }, times);
}
