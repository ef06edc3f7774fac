// Chooses where TensorFlow.js computes: the native library where it is installed, else WebAssembly, which always is.
// The rest of the trainer sees one dense product. Nothing here knows what is being trained.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import util from 'node:util';
import { MonosemError } from '../../shared/errors.ts';

/** `tensorflow` is the native tfjs-node, `wasm` runs everywhere. */
export type BackendName = 'tensorflow' | 'wasm';

export interface DenseBackend {
  readonly name: BackendName;
  /** A [m, k] · B [k, n] → [m, n], float32, row-major. */
  matmul(
    a: Float32Array,
    b: Float32Array,
    sizes: readonly [m: number, k: number, n: number],
  ): Promise<Float32Array>;
}

/** Optional: its native part is downloaded at install time, which is not possible everywhere. */
const nativePackage = '@tensorflow/tfjs-node';

/**
 * Opens a backend. Results are reproducible on one backend of one version; the two backends sum in different orders
 * and drift apart in the last bits, which training amplifies.
 * @param wanted the backend to use; by default the native one if it loads, else WebAssembly
 * @throws MonosemError `providerMissing` when the wanted backend does not load
 */
export async function openBackend(wanted?: BackendName): Promise<DenseBackend> {
  const names: readonly BackendName[] = wanted === undefined ? ['tensorflow', 'wasm'] : [wanted];
  for (const name of names) {
    if (name === 'tensorflow' && !(await loadNative())) continue;
    if (await tf.setBackend(name)) {
      await tf.ready();
      return { name, matmul };
    }
  }
  throw new MonosemError(
    'providerMissing',
    `The TensorFlow.js backend ${names.join(' or ')} does not load here; reinstall the dependencies with npm install, or train with the backend "wasm".`,
  );
}

async function matmul(
  a: Float32Array,
  b: Float32Array,
  [m, k, n]: readonly [m: number, k: number, n: number],
): Promise<Float32Array> {
  const product = tf.tidy(() => tf.matMul(tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n])));
  try {
    const data = await product.data();
    return data instanceof Float32Array ? data : Float32Array.from(data);
  } finally {
    product.dispose();
  }
}

async function loadNative(): Promise<boolean> {
  try {
    // tfjs-node 4.22 still calls a function that Node 23 removed.
    if (!('isNullOrUndefined' in util)) {
      const isNullOrUndefined = (value: unknown): boolean => value === null || value === undefined;
      Object.assign(util, { isNullOrUndefined });
    }
    await import(nativePackage);
    return true;
  } catch {
    // Not installed, or without its native part: the caller goes on with WebAssembly.
    return false;
  }
}
