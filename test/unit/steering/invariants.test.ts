// What must hold for any model, SAE and edit. The models and SAEs are random; the reference is float64 arithmetic on
// their weights that shares no code with the graphs.
import { emptyPast } from '../../../src/engine/model/kvCache.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel, type OpenModel } from '../../../src/engine/model/openModel.ts';
import type { Program } from '../../../src/engine/model/program.ts';
import {
  openSession,
  type OnnxTensors,
  type Session,
} from '../../../src/engine/onnx/runtime/session.ts';
import { Random } from '../../../src/engine/math/rng.ts';
import { loadSae } from '../../../src/engine/sae/load.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';
import type { Sae } from '../../../src/engine/sae/sae.ts';
import type { Transform } from '../../../src/engine/steering/edits.ts';
import { editRows } from '../../../src/engine/steering/editRows.ts';
import type { Transforms } from '../../../src/engine/steering/interventions.ts';
import { rowsApart, rowsTogether, type EditedRows } from '../../../src/engine/steering/rows.ts';
import { openSteerProgram } from '../../../src/engine/steering/steerProgram.ts';
import { featureIndex, type FeatureIndex } from '../../../src/shared/units.ts';
import { saeSite, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward, type Rows } from '../../fixtures/decoders/reference.ts';
import { encodeReference } from './reference.ts';

interface Case {
  readonly name: string;
  readonly kind: 'gpt2' | 'llama';
  readonly sae: SaelensArchitecture;
}

const cases: readonly Case[] = [
  { name: 'Llama, jumprelu', kind: 'llama', sae: { architecture: 'jumprelu' } },
  { name: 'Llama, topk', kind: 'llama', sae: { architecture: 'topk', k: 7 } },
  { name: 'GPT-2, standard', kind: 'gpt2', sae: { architecture: 'standard' } },
  { name: 'GPT-2, topk', kind: 'gpt2', sae: { architecture: 'topk', k: 5 } },
];

const bits = (values: Float32Array): Uint32Array => new Uint32Array(values.slice().buffer);

const maxDifference = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let max = 0;
  for (let i = 0; i < a.length; i++) max = Math.max(max, Math.abs((a[i] ?? NaN) - (b[i] ?? NaN)));
  return max;
};

describe.each(cases)('$name', ({ kind, sae: architecture }) => {
  const random = new Random(17);
  const ids = Uint32Array.from({ length: 12 }, () => 2 + random.below(50));
  const features = [3, 41, 77].map(featureIndex);
  let folder: string;
  let bundle: WrittenBundle;
  let model: OpenModel;
  let sae: Sae;
  let program: Program;
  let edited: EditedRows;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-steer-'));
    bundle = await writeBundle(folder, { decoder: { kind, seed: 5 }, sae: architecture, seed: 6 });
    model = await openModel(folder);
    sae = await loadSae(bundle.sae);
    program = await openSteerProgram(model, [sae]);
    edited = await editRows(program, [sae], [features]);
  });
  afterAll(() => {
    program.dispose();
    rmSync(folder, { recursive: true });
  });

  const edit = (...transforms: readonly Transform[]): readonly [Transforms] => [
    new Map(transforms.map((transform, i) => [features[i] ?? featureIndex(0), transform])),
  ];

  const someEdit = (): readonly [Transforms] =>
    edit({ gain: 0, bias: 3 }, { gain: 2.5, bias: 0 }, { gain: 1, bias: -1.5 });

  /** Logits [V] behind `ids`, from onnxruntime on the file as it is. */
  async function plainLogits(): Promise<Float32Array> {
    const session: Session = await openSession({ file: bundle.decoder.file });
    const feeds: Record<string, OnnxTensors[string]> = {
      input_ids: { type: 'int64', dims: [1, 12], data: BigInt64Array.from(ids, BigInt) },
      attention_mask: { type: 'int64', dims: [1, 12], data: new BigInt64Array(12).fill(1n) },
      position_ids: {
        type: 'int64',
        dims: [1, 12],
        data: BigInt64Array.from({ length: 12 }, (_, t) => BigInt(t)),
      },
    };
    for (const past of model.sites.inputs.past) feeds[past.input] = emptyPast(past, 1);
    const { logits } = await session.run(feeds);
    session.dispose();
    const V = logits?.dims.at(-1) ?? 0;
    return logits?.data instanceof Float32Array ? logits.data.slice(-V) : new Float32Array(0);
  }

  const first = async (run: Promise<Float32Array[]>): Promise<Float32Array> =>
    (await run)[0]?.slice() ?? new Float32Array(0);

  it('without an edit is the plain model, bit for bit', async () => {
    const unedited = await first(rowsTogether(edited)([{ ids, edit: 'none' }]));
    expect(bits(unedited)).toEqual(bits(await plainLogits()));
  });

  it('keeps the baseline row bit for bit whatever the other row does', async () => {
    const [baseline] = await rowsTogether(edited)([
      { ids, edit: 'none' },
      { ids, edit: someEdit() },
    ]);
    expect(bits(baseline ?? new Float32Array(0))).toEqual(bits(await plainLogits()));
  });

  it('gives the same bits in one batch and in separate runs', async () => {
    const rows = [
      { ids, edit: 'none' as const },
      { ids, edit: someEdit() },
    ];
    const together = await rowsTogether(edited)(rows);
    const apart = await rowsApart(edited, 2)(rows);
    expect(together.map(bits)).toEqual(apart.map(bits));
    expect(maxDifference(together[0] ?? [], together[1] ?? [])).toBeGreaterThan(1e-3);
  });

  it('gives the same logits through the KV cache as without it', async () => {
    const whole = await first(rowsTogether(edited)([{ ids, edit: someEdit() }]));
    const step = rowsTogether(edited);
    let last: Float32Array = new Float32Array(0);
    for (const id of ids) {
      last = await first(step([{ ids: Uint32Array.of(id), edit: someEdit() }]));
    }
    // Other kernels for one row than for many: float32 rounding over 3 layers.
    expect(maxDifference(whole, last)).toBeLessThan(1e-5);
  });

  /** Logits behind `ids` by float64 arithmetic, with f' = gain · f + bias at the SAE's site. */
  function referenceLogits(
    transforms: ReadonlyMap<FeatureIndex, Transform>,
    to = Infinity,
  ): number[] {
    const { tensors, decoder } = bundle;
    const D = sae.D;
    const change = (rows: Rows): Rows =>
      rows.map((x, t) => {
        if (t >= to) return x;
        const f = encodeReference(tensors, architecture, x);
        const y = [...x];
        for (const [feature, { gain, bias }] of transforms) {
          const before = f[feature] ?? 0;
          const moved = gain * before + bias - before;
          for (let d = 0; d < D; d++) {
            y[d] = (y[d] ?? 0) + moved * (tensors.W_dec.data[feature * D + d] ?? 0);
          }
        }
        return y;
      });
    return referenceForward(decoder, [...ids], { [saeSite]: change }).logits.at(-1) ?? [];
  }

  it('moves the stream by the decoder difference, as float64 arithmetic does', async () => {
    const steered = await first(rowsTogether(edited)([{ ids, edit: someEdit() }]));
    const reference = referenceLogits(someEdit()[0]);
    // float32 against float64 over 3 layers, logits of size 1 to 10.
    expect(maxDifference(steered, reference)).toBeLessThan(2e-5);
  });

  it('touches only the positions it is told to', async () => {
    const step = rowsTogether(edited);
    await step([{ ids: ids.subarray(0, 5), edit: someEdit() }]);
    const steered = await first(step([{ ids: ids.subarray(5), edit: 'none' }]));
    const reference = referenceLogits(someEdit()[0], 5);
    expect(maxDifference(steered, reference)).toBeLessThan(2e-5);
  });

  it('changes nothing when features are clamped to their own value', async () => {
    const { tensors, decoder } = bundle;
    const { sites } = referenceForward(decoder, [...ids]);
    const step = rowsTogether(edited);
    let last: Float32Array = new Float32Array(0);
    for (const [t, id] of ids.entries()) {
      const f = encodeReference(tensors, architecture, sites.get(saeSite)?.[t] ?? []);
      const own = edit(...features.map((feature) => ({ gain: 0, bias: f[feature] ?? 0 })));
      last = await first(step([{ ids: Uint32Array.of(id), edit: own }]));
    }
    // The value comes from float64, the cancellation happens in float32.
    expect(maxDifference(last, await plainLogits())).toBeLessThan(2e-5);
  });
});
