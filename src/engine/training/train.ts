// The training loop: batches in, progress out. It yields to the event loop at every step, so that a cancellation or
// another request is read in between.
import { setImmediate } from 'node:timers/promises';
import { MonosemError } from '../../shared/errors.ts';
import type { StepReport, SaeTrainer } from './trainer.ts';

/** Where batches come from. */
export interface BatchSource {
  /** Raw activations [rows, D] in random order; fewer than `rows` only at the end, undefined after it. */
  nextBatch(rows: number): Promise<Float32Array | undefined>;
}

export interface TrainOptions {
  /** Stop after this step, the last one of the settings by default. */
  readonly until?: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (report: StepReport) => void;
}

/**
 * Runs the trainer onwards from wherever its state is.
 * @throws MonosemError `badArgument` when the source ends first, `cancelled` when the signal says so
 */
export async function train(
  trainer: SaeTrainer,
  source: BatchSource,
  options: TrainOptions = {},
): Promise<void> {
  const { batchSize, D } = trainer.settings;
  const steps = options.until ?? trainer.settings.steps;
  while (trainer.state.step < steps) {
    if (options.signal?.aborted === true) {
      throw new MonosemError(
        'cancelled',
        `Training was cancelled after ${trainer.state.step} of ${steps} steps; continue from its last checkpoint.`,
      );
    }
    const batch = await source.nextBatch(batchSize);
    if (batch?.length !== batchSize * D) {
      throw new MonosemError(
        'badArgument',
        `The activations end after ${trainer.state.step} of ${steps} steps of ${batchSize} tokens; provide more text or ask for fewer steps.`,
      );
    }
    const report = await trainer.step(batch);
    options.onStep?.(report);
    await setImmediate();
  }
}
