// Run by memory.ts in a process of its own: does what it is told (a MemoryWork as JSON in its argument), waits until
// memory has settled, and writes a MemoryReport. Loads nothing before it knows which side it is.
import { setTimeout as sleep } from 'node:timers/promises';
import type { MemoryReport, MemoryWork } from './memory.ts';

const settleMs = 300;

async function runPlain({ file, inputs, ids }: Extract<MemoryWork, { side: 'plain' }>) {
  const { openSession } = await import('../src/engine/onnx/runtime/session.ts');
  const { emptyPast, tokenFeeds } = await import('./plainDecoder.ts');
  const session = await openSession({ file });
  await session.run({ ...tokenFeeds(inputs, Uint32Array.from(ids)), ...emptyPast(inputs) });
  return session;
}

async function runEngine({ source, text, withSteering }: Extract<MemoryWork, { side: 'engine' }>) {
  const { Engine } = await import('../src/engine/engine.ts');
  const engine = Engine.create();
  const context = { signal: { aborted: false }, progress: (): void => undefined };
  await engine.analyse({ source, document: 'memory', text, topK: 5 }, context);
  if (withSteering) {
    const steering = { edits: [], maxTokens: 4, temperature: 0, seed: 1 } as const;
    await engine.steer({ source, prompt: text, ...steering }, context);
  }
  return engine;
}

const work = JSON.parse(process.argv[2] ?? '{}') as MemoryWork;
const open = work.side === 'plain' ? await runPlain(work) : await runEngine(work);
await sleep(settleMs);
globalThis.gc?.();
await sleep(settleMs);
const report: MemoryReport = {
  settled: process.memoryUsage.rss(),
  peak: process.resourceUsage().maxRSS * 1024,
};
process.stdout.write(JSON.stringify(report));
await open.dispose();
