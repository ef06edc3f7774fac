// (g) What an SAE costs on its own: encoder and TopK in one graph against onnxruntime's product of the same shape,
// x [T, D] · W_enc [D, F]. Random weights, as sparse as trained SAEs are, in a temporary folder. Of the plain product only
// one column leaves the runtime: the strictest reference, because carrying out all of it takes about as long as TopK.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { StoredTensor } from '../src/engine/files/storedTensor.ts';
import { Random } from '../src/engine/math/rng.ts';
import { packModel } from '../src/engine/onnx/externalData/externalData.ts';
import { GraphBuilder } from '../src/engine/onnx/graph/builder.ts';
import { openSession, type OnnxTensor, type Session } from '../src/engine/onnx/runtime/session.ts';
import type { Sae, SaeActivation, SaeVector } from '../src/engine/sae/sae.ts';
import { emitTopFeatures } from '../src/engine/sae/subgraph/encode.ts';
import { emitMatrix } from '../src/engine/sae/subgraph/weights.ts';
import type { Effort } from './options.ts';
import type { BenchResult } from './result.ts';
import { compare, interleave } from './statistics.ts';

/** Features that leave the runtime per token, as the engine asks for. */
const limit = 32;

/** Pre-activations are close to normal; 0.3 % of a normal distribution lie above 2.75 deviations. */
const edge = 2.75;

const shapes = [
  { D: 768, F: 16_384 },
  { D: 768, F: 65_536 },
  { D: 2304, F: 16_384 },
] as const;

/** A whole block of a document, and what a keystroke or a generated token asks for. */
const tokenCounts = [256, 1] as const;

const kinds = ['relu', 'jumprelu', 'batchtopk', 'topk', 'gated'] as const;
type Kind = (typeof kinds)[number];

interface Shape {
  readonly D: number;
  readonly F: number;
}

const filled = (F: number, value: number): SaeVector => ({
  dims: [F],
  data: new Float32Array(F).fill(value),
});

function activationOf(kind: Kind, F: number): SaeActivation {
  switch (kind) {
    case 'relu':
      return { kind };
    case 'jumprelu':
      return { kind, threshold: filled(F, edge) };
    case 'batchtopk':
      return { kind: 'jumprelu', threshold: filled(1, edge) };
    case 'topk':
      return { kind, k: 64 };
    case 'gated':
      return { kind, b_gate: filled(F, -edge), r_mag: filled(F, 0.1), b_mag: filled(F, 0.5) };
  }
}

/** Writes random W_enc [D, F], row by row. */
function writeEncoder(file: string, { D, F }: Shape): StoredTensor {
  const random = new Random(17);
  const row = new Float32Array(F);
  const descriptor = fs.openSync(file, 'w');
  for (let i = 0; i < D; i++) {
    fs.writeSync(descriptor, new Uint8Array(random.fillNormal(row, 1 / Math.sqrt(D)).buffer));
  }
  fs.closeSync(descriptor);
  const length = 4 * D * F;
  return { name: 'W_enc', type: 'float32', dims: [D, F], file, offset: 0, length };
}

function describe(kind: Kind, { D, F }: Shape, W_enc: StoredTensor): Sae {
  return {
    ...{ name: kind, folder: path.dirname(W_enc.file), weightsFile: W_enc.file, format: 'random' },
    ...{ architecture: kind, site: 'x', outputSite: 'x', D, DOut: D, F },
    activation: activationOf(kind, F),
    W_enc: { stored: W_enc, isTransposed: false },
    // A gated SAE has no b_enc; with relu it is the bias that makes features rare.
    ...(kind === 'gated' ? {} : { b_enc: filled(F, kind === 'relu' ? -edge : 0) }),
    W_dec: { stored: W_enc, isTransposed: true },
    b_dec: filled(D, 0.02),
    applyBDecToInput: true,
    inputNormalisation: { kind: 'none' },
    centre: false,
    rescaleByDecoderNorm: false,
    prependBos: false,
  };
}

function open(
  D: number,
  emit: (builder: GraphBuilder, x: string) => Readonly<Record<string, string>>,
): Promise<Session> {
  const builder = new GraphBuilder();
  const x = builder.input('x', 'float32', [1, 'tokens', D]);
  for (const [name, value] of Object.entries(emit(builder, x))) builder.output(name, value);
  return openSession(packModel(builder.build()));
}

async function benchShape(folder: string, shape: Shape, effort: Effort): Promise<BenchResult[]> {
  const { D, F } = shape;
  const W_enc = writeEncoder(path.join(folder, 'weights.bin'), shape);
  const matrix = { stored: W_enc, isTransposed: false };
  const plain = await open(D, (builder, x) => {
    const product = builder.op('MatMul', [x, emitMatrix(builder, matrix)]);
    const [first, second, axis] = [0, 1, -1].map((at) => builder.int64s(at));
    return { corner: builder.op('Slice', [product, first ?? '', second ?? '', axis ?? '']) };
  });
  const results: BenchResult[] = [];
  for (const kind of kinds) {
    const sae = describe(kind, shape, W_enc);
    const encoder = await open(D, (builder, x) => ({ ...emitTopFeatures(builder, sae, x, limit) }));
    for (const T of tokenCounts) {
      const data = new Random(18).fillNormal(new Float32Array(T * D), 1);
      const x: OnnxTensor = { type: 'float32', dims: [1, T, D], data };
      const pairs = await interleave(
        () => encoder.run({ x }),
        () => plain.run({ x }),
        { warmUp: 2, rounds: T === 1 ? 4 * effort.rounds : effort.rounds },
      );
      const result = compare(
        {
          ...{ name: 'encode', unit: 'ms' },
          model: `${kind}, ${T} × ${D} → ${F}`,
          monosem: `encoder and TopK, the ${limit} strongest features per token`,
          reference: 'plain product x · W_enc',
        },
        pairs,
      );
      process.stderr.write(`  ${result.model ?? ''} ${result.value.toPrecision(3)}\n`);
      results.push(result);
    }
    encoder.dispose();
  }
  plain.dispose();
  return results;
}

export async function benchEncoding(effort: Effort): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  for (const shape of shapes) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-encoding-'));
    try {
      results.push(...(await benchShape(folder, shape, effort)));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }
  return results;
}
