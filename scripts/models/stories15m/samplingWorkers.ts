// Several sampling processes as one stream of waves in order, so that a run's result does not depend on how many
// there are.
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { WorkerRequest, WorkerResult } from './samplingWorker.ts';
import type { SamplingOptions } from './storySampler.ts';

function start(options: SamplingOptions): ChildProcess {
  const file = join(import.meta.dirname, 'samplingWorker.ts');
  const worker = fork(file, { serialization: 'advanced' });
  const how: WorkerRequest = options;
  worker.send(how);
  return worker;
}

function ask(worker: ChildProcess, wave: number): Promise<WorkerResult> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => {
      reject(new Error(`The process that sampled wave ${String(wave)} ended.`));
    };
    worker.once('exit', onExit);
    worker.once('message', (result: WorkerResult) => {
      worker.off('exit', onExit);
      resolve(result);
    });
    worker.send({ wave });
  });
}

/** Waves `from`, `from + 1`, … in order, until the caller stops asking. */
export async function* sampleWaves(
  options: SamplingOptions,
  processes: number,
  from = 0,
): AsyncGenerator<WorkerResult, void, undefined> {
  const workers = Array.from({ length: processes }, () => start(options));
  try {
    const pending = workers.map((worker, w) => ask(worker, from + w));
    for (let wave = from; ; wave++) {
      const w = (wave - from) % processes;
      const [worker, result] = [workers[w], await pending[w]];
      if (worker === undefined || result === undefined) return;
      const next = ask(worker, wave + processes);
      // Its failure is seen when its turn comes.
      next.catch(() => undefined);
      pending[w] = next;
      yield result;
    }
  } finally {
    for (const worker of workers) worker.kill();
  }
}
