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
import { RowsApart, RowsTogether, type ReadyEdits } from '../../../src/engine/steering/rows.ts';
import { openSteerProgram } from '../../../src/engine/steering/steerProgram.ts';
import type { SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import { saeSite, writeBundle, type WrittenBundle } from '../../fixtures/bundle.ts';
import { referenceForward, type Rows } from '../../fixtures/decoders/reference.ts';
import { editsOf, planOf, readyWith, saePlace, type Transforms } from '../../fixtures/steering.ts';
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
  let folder: string;
  let bundle: WrittenBundle;
  let model: OpenModel;
  let sae: Sae;
  let program: Program;

  beforeAll(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-steer-'));
    bundle = await writeBundle(folder, { decoder: { kind, seed: 5 }, sae: architecture, seed: 6 });
    model = await openModel(folder);
    sae = await loadSae(bundle.sae);
    program = await openSteerProgram(model, [sae]);
  });
  afterAll(() => {
    program.dispose();
    rmSync(folder, { recursive: true });
  });

  const transforms: Transforms = new Map([
    [featureIndex(3), { gain: 0, bias: 3 }],
    [featureIndex(41), { gain: 2.5, bias: 0 }],
    [featureIndex(77), { gain: 1, bias: -1.5 }],
  ]);

  const someEdits = editsOf(transforms);

  /** An untouched row, and one with edits. */
  function ready(edits: readonly SteerEdit[] = someEdits): Promise<ReadyEdits> {
    const edited = { model, saes: [sae] };
    return readyWith(program, edited, planOf(edited, [[], edits]));
  }

  /** Logits behind `ids` in a row of its own, which reads them in one run or in several. */
  async function logitsOf(
    edits: readonly SteerEdit[],
    parts: readonly Uint32Array[] = [ids],
  ): Promise<Float32Array> {
    const planned = await ready(edits);
    const row = new RowsTogether(planned, planned.plan.rows.slice(1));
    let last: Float32Array = new Float32Array(0);
    for (const part of parts) last = await first(row.feed([part]));
    return last;
  }

  const tokenByToken = Array.from(ids, (id) => Uint32Array.of(id));

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
    const edits = await ready();
    const untouched = new RowsTogether(edits, edits.plan.rows.slice(0, 1));
    expect(bits(await first(untouched.feed([ids])))).toEqual(bits(await plainLogits()));
  });

  it('keeps the baseline row bit for bit whatever the other row does', async () => {
    const edits = await ready();
    const both = new RowsTogether(edits, edits.plan.rows);
    expect(bits(await first(both.feed([ids, ids])))).toEqual(bits(await plainLogits()));
  });

  it('gives the same bits in one batch and in separate runs', async () => {
    const edits = await ready();
    const { rows } = edits.plan;
    const together = await new RowsTogether(edits, rows).feed([ids, ids]);
    const apart = await RowsApart.of(edits, rows).feed([ids, ids]);
    expect(together.map(bits)).toEqual(apart.map(bits));
    expect(maxDifference(together[0] ?? [], together[1] ?? [])).toBeGreaterThan(1e-3);
  });

  it('gives the same logits through the KV cache as without it', async () => {
    const whole = await logitsOf(someEdits);
    const stepwise = await logitsOf(someEdits, tokenByToken);
    // Other kernels for one row than for many: float32 rounding over 3 layers.
    expect(maxDifference(whole, stepwise)).toBeLessThan(1e-5);
  });

  /** Logits behind `ids` by float64 arithmetic, with f' = gain · f + bias at the SAE's site. */
  function referenceLogits(to = Infinity): number[] {
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
    const steered = await logitsOf(someEdits);
    // float32 against float64 over 3 layers, logits of size 1 to 10.
    expect(maxDifference(steered, referenceLogits())).toBeLessThan(2e-5);
  });

  it('touches only the positions it is told to', async () => {
    const positions = { ranges: [{ from: 0, to: 5 }] };
    const placed = someEdits.map((edit) => ({ ...edit, positions }));
    for (const parts of [[ids], [ids.subarray(0, 5), ids.subarray(5)]]) {
      const steered = await logitsOf(placed, parts);
      expect(maxDifference(steered, referenceLogits(5))).toBeLessThan(2e-5);
    }
  });

  it('changes nothing when features are clamped to their own value', async () => {
    const { tensors, decoder } = bundle;
    const { sites } = referenceForward(decoder, [...ids]);
    const own = Array.from(ids, (_, t) => {
      const f = encodeReference(tensors, architecture, sites.get(saeSite)?.[t] ?? []);
      const positions = { ranges: [{ from: t, to: t + 1 }] };
      return [...transforms.keys()].map((feature): SteerEdit => {
        const amount = f[feature] ?? 0;
        return { sae: saePlace(0), feature, operation: 'clamp', amount, positions };
      });
    });
    const last = await logitsOf(own.flat(), tokenByToken);
    // The value comes from float64, the cancellation happens in float32.
    expect(maxDifference(last, await plainLogits())).toBeLessThan(2e-5);
  });
});
