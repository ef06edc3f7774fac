import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { selectAbove } from '../../../src/engine/math/sparseCodes.ts';
import { openBackend, type DenseBackend } from '../../../src/engine/training/backend.ts';
import { calibrateThreshold } from '../../../src/engine/training/calibration.ts';
import { loadCheckpoint, saveCheckpoint } from '../../../src/engine/training/checkpoint.ts';
import { learningRateAt, type TrainerSettings } from '../../../src/engine/training/settings.ts';
import {
  initialState,
  trainedWeights,
  type TrainerState,
} from '../../../src/engine/training/state.ts';
import { train } from '../../../src/engine/training/train.ts';
import { SaeTrainer, type StepReport } from '../../../src/engine/training/trainer.ts';
import { meanMaxCosine, toySuperposition, type Toy } from './toySuperposition.ts';

const D = 16;
const planted = 24;
const settings: TrainerSettings = {
  architecture: 'batchtopk',
  D,
  F: 32,
  k: 3,
  batchSize: 256,
  steps: 600,
  learningRate: 5e-3,
  warmupSteps: 20,
  decaySteps: 200,
  deadAfterTokens: 10_000,
  auxK: 8,
  auxWeight: 1 / 32,
  seed: 7,
};

let backend: DenseBackend;
beforeAll(async () => {
  backend = await openBackend('wasm');
});

interface Run {
  readonly toy: Toy;
  readonly trainer: SaeTrainer;
  readonly last: StepReport;
}

async function run(changes: Partial<TrainerSettings> = {}, start?: TrainerState): Promise<Run> {
  const used = { ...settings, ...changes };
  const toy = toySuperposition(planted, D, 3, 5);
  const sample = toy.rows(512);
  const trainer = new SaeTrainer(used, start ?? initialState(used, sample), backend);
  let last: StepReport | undefined;
  await train(trainer, toy, { onStep: (report) => (last = report) });
  if (last === undefined) throw new Error('no step was made');
  return { toy, trainer, last };
}

describe('SaeTrainer', () => {
  for (const architecture of ['topk', 'batchtopk'] as const) {
    it(`finds the features of a toy superposition (${architecture})`, async () => {
      const { toy, trainer, last } = await run({ architecture });
      const { decoder } = trainedWeights(trainer.settings, trainer.state);
      // 24 features in 16 dimensions: random directions reach a mean maximal cosine of 0.5.
      expect(meanMaxCosine(toy.directions, decoder, D)).toBeGreaterThan(0.9);
      expect(last.unexplained).toBeLessThan(0.12);
      expect(last.l0).toBeLessThanOrEqual(3);
    });
  }

  it('gives the same weights for the same seed and others for another', async () => {
    const few = { steps: 25 };
    const first = (await run(few)).trainer.state;
    const second = (await run(few)).trainer.state;
    const other = (await run({ ...few, seed: 8 })).trainer.state;
    expect(second.encoder.weights).toEqual(first.encoder.weights);
    expect(second.decoderBias.weights).toEqual(first.decoderBias.weights);
    expect(second.threshold).toBe(first.threshold);
    expect(other.encoder.weights).not.toEqual(first.encoder.weights);
  });

  it('keeps decoder rows at length 1', async () => {
    const { trainer } = await run({ steps: 30 });
    const { decoder } = trainedWeights(trainer.settings, trainer.state);
    for (let row = 0; row < decoder.length; row += D) {
      expect(Math.hypot(...decoder.subarray(row, row + D))).toBeCloseTo(1, 5);
    }
  });

  it('revives dead features, which stay dead without the auxiliary loss', async () => {
    const reports: StepReport[] = [];
    for (const auxK of [0, 8]) {
      const toy = toySuperposition(planted, D, 3, 5);
      const used = {
        ...settings,
        architecture: 'topk' as const,
        steps: 600,
        decaySteps: 0,
        deadAfterTokens: 2000,
        auxK,
      };
      const state = initialState(used, toy.rows(512));
      // Half of the features start too low to be selected.
      state.encoderBias.weights.fill(-0.7, 0, 16);
      reports.push((await run(used, state)).last);
    }
    const [without, withAuxiliary] = reports;
    expect(without?.dead).toBe(16);
    // As many as there are more features than planted ones have nothing to do, give or take one.
    expect(withAuxiliary?.dead).toBeLessThanOrEqual(settings.F - planted + 1);
    expect(withAuxiliary?.unexplained).toBeLessThan(0.7 * (without?.unexplained ?? 0));
  });

  it('descends along the true gradient', async () => {
    // All features may be active: where some are cut off, the loss jumps, and differences say nothing.
    const used = { ...settings, architecture: 'topk' as const, k: settings.F, auxK: 0, steps: 10 };
    const toy = toySuperposition(planted, D, 3, 5);
    const sample = toy.rows(512);
    const x = toy.rows(256);
    // Adam's first moment after one step is (1 − β₁) times the gradient.
    const stepped = new SaeTrainer(used, initialState(used, sample), backend);
    await stepped.step(x);
    for (const name of ['encoder', 'encoderBias', 'decoderBias'] as const) {
      const gradient = stepped.state[name].moment1.map((m) => m / 0.1);
      const direction = gradient.map((g) => g / Math.hypot(...gradient));
      const loss = async (distance: number): Promise<number> => {
        const state = initialState(used, sample);
        const { weights } = state[name];
        weights.forEach((w, i) => (weights[i] = w + distance * (direction[i] ?? 0)));
        return (await new SaeTrainer(used, state, backend).step(x)).unexplained;
      };
      const slope = ((await loss(1e-3)) - (await loss(-1e-3))) / 2e-3;
      expect(slope / Math.hypot(...gradient), name).toBeGreaterThan(0.99);
      expect(slope / Math.hypot(...gradient), name).toBeLessThan(1.01);
    }
  });

  it('continues from a checkpoint exactly where it was', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'monosem-'));
    try {
      const used = { ...settings, steps: 20 };
      const toy = toySuperposition(planted, D, 3, 5);
      const sample = toy.rows(512);
      const batches = Array.from({ length: 20 }, () => toy.rows(256));
      const whole = new SaeTrainer(used, initialState(used, sample), backend);
      for (const batch of batches) await whole.step(batch);

      const half = new SaeTrainer(used, initialState(used, sample), backend);
      for (const batch of batches.slice(0, 11)) await half.step(batch);
      const file = path.join(folder, 'checkpoint.safetensors');
      await saveCheckpoint(file, used, half.state);
      const resumed = new SaeTrainer(used, await loadCheckpoint(file, used), backend);
      for (const batch of batches.slice(11)) await resumed.step(batch);
      expect(resumed.state).toEqual(whole.state);

      await expect(loadCheckpoint(file, { ...used, k: 4 })).rejects.toMatchObject({
        code: 'badArgument',
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('the saved SAE', () => {
  it('works on raw activations as the trainer does on scaled ones, and keeps the L0 of BatchTopK', async () => {
    const { toy, trainer } = await run();
    const { state } = trainer;
    const trained = trainedWeights(trainer.settings, state);
    const x = toy.rows(4000);
    const z = await preActivations(trained, x);
    const threshold = calibrateThreshold(z, 4000, 2.5);
    const codes = selectAbove(z, 4000, threshold);
    expect(codes.feature.length / 4000).toBeCloseTo(2.5, 1);
    // The moving average over training is an estimate of the threshold for k itself.
    const averaged = selectAbove(z, 4000, trained.threshold);
    expect(averaged.feature.length / 4000).toBeGreaterThan(2.6);
    expect(averaged.feature.length / 4000).toBeLessThan(3.4);
    // Scaled by a: z' = (a x − b_dec) W_enc + b_enc = a z.
    const first = z[0] ?? NaN;
    const scaledFirst = scaledPreActivation(state, x);
    expect(scaledFirst / state.scale).toBeCloseTo(first, 3);
  });
});

/** z = (x − b_dec) W_enc + b_enc. */
async function preActivations(
  { encoder, encoderBias, decoderBias, F }: ReturnType<typeof trainedWeights>,
  x: Float32Array,
): Promise<Float32Array> {
  const centred = x.map((value, i) => value - (decoderBias[i % D] ?? 0));
  const z = await backend.matmul(centred, encoder, [x.length / D, D, F]);
  return z.map((value, i) => value + (encoderBias[i % F] ?? 0));
}

/** Feature 0 on the first row, in the trainer's units. */
function scaledPreActivation(state: TrainerState, x: Float32Array): number {
  let z = state.encoderBias.weights[0] ?? 0;
  for (let d = 0; d < D; d++) {
    const input = state.scale * (x[d] ?? 0) - (state.decoderBias.weights[d] ?? 0);
    z += input * (state.encoder.weights[d] ?? 0);
  }
  return z;
}

describe('settings', () => {
  it('warms up, holds, and decays to almost nothing', () => {
    const used = { ...settings, steps: 100, warmupSteps: 10, decaySteps: 20, learningRate: 1 };
    expect(learningRateAt(used, 1)).toBeCloseTo(0.1, 12);
    expect(learningRateAt(used, 10)).toBe(1);
    expect(learningRateAt(used, 80)).toBe(1);
    expect(learningRateAt(used, 100)).toBeCloseTo(1 / 21, 12);
  });

  it('refuses settings that make no sense', () => {
    const sample = new Float32Array(D).fill(1);
    expect(() => initialState({ ...settings, k: 33 }, sample)).toThrow(/33|32/);
    expect(() => initialState({ ...settings, batchSize: 0 }, sample)).toThrow(/batchSize/);
  });

  it('stops with a reason when the activations run out or the run is cancelled', async () => {
    const toy = toySuperposition(planted, D, 3, 5);
    const trainer = new SaeTrainer(settings, initialState(settings, toy.rows(512)), backend);
    const dry = { nextBatch: () => Promise.resolve(undefined) };
    await expect(train(trainer, dry)).rejects.toMatchObject({ code: 'badArgument' });
    const signal = AbortSignal.abort();
    await expect(train(trainer, toy, { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
