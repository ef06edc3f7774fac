// A model's own first block on some execution provider, compared with the processor: what shows a kernel that is wrong
// or slow for exactly the operators, types and widths this model has, at the cost of a fraction of the model.
import type { BlockVerdict } from '../onnx/runtime/providerTrial.ts';
import type { SessionOptions } from '../onnx/runtime/session.ts';
import type { Tensor } from '../../shared/tensor.ts';
import type { OpenModel } from './openModel.ts';
import { SiteReader } from './siteReader.ts';

const site = 'blocks.0.hook_resid_post';

/** Tokens of one run: about what a changed sentence or two are. */
const tokens = 32;

/** Runs timed after the first, which compiles kernels and allocates … */
const timedRuns = 3;
/** … unless it is clear by then that the device is slow. */
const patienceMs = 1000;

/**
 * Errors relative to the largest component of a token's vector that rounding explains. One block is a chain of a
 * few products of hundreds of terms: single precision in another order gives about 1e-6, products in TF32 (11 bits,
 * 5e-4 each, averaging out) stay below 1e-3 …
 */
const singlePrecisionBound = 2e-3;
/**
 * … and where values are rounded to half precision (5e-4) or 8 bits (4e-3) after every step, another order of summing
 * tips some of them over to the neighbouring value.
 */
const coarseBound = 3e-2;

interface TimedRun {
  readonly x: Tensor;
  /** Best of the timed runs. */
  readonly milliseconds: number;
}

export interface FirstBlock {
  readonly runFirstBlock: (target: SessionOptions) => Promise<BlockVerdict>;
}

/** The processor runs the block at most once, however many providers are compared with it. */
export function firstBlockOf(model: OpenModel): FirstBlock {
  const ids = probeIds(model);
  let onProcessor: Promise<TimedRun> | undefined;
  return {
    runFirstBlock: async (target) => {
      const there = await timedRun(model, ids, target);
      onProcessor ??= timedRun(model, ids, { provider: 'cpu' });
      const here = await onProcessor;
      return {
        relativeError: largestError(there.x, here.x),
        bound: isCoarse(model) ? coarseBound : singlePrecisionBound,
        milliseconds: there.milliseconds,
        processorMilliseconds: here.milliseconds,
      };
    },
  };
}

async function timedRun(
  model: OpenModel,
  ids: Uint32Array,
  target: SessionOptions,
): Promise<TimedRun> {
  const reader = await SiteReader.open(model, site, target);
  try {
    const start = performance.now();
    const x = await reader.read(ids);
    let milliseconds = performance.now() - start;
    for (let run = 0; run < timedRuns && milliseconds < patienceMs; run++) {
      const begin = performance.now();
      await reader.read(ids);
      milliseconds = Math.min(milliseconds, performance.now() - begin);
    }
    return { x, milliseconds };
  } finally {
    reader.dispose();
  }
}

/** Token ids all over the vocabulary: a fixed step that shares no factor with most sizes. */
function probeIds({ config }: OpenModel): Uint32Array {
  const length = Math.min(tokens, config.contextLength);
  return Uint32Array.from({ length }, (_, t) => (t * 7919 + 11) % config.vocabularySize);
}

function isCoarse({ sites }: OpenModel): boolean {
  return sites.dynamicallyQuantized || sites.sites.get(site)?.elementType !== 'float32';
}

/** max over tokens of ‖a − b‖∞ ÷ ‖b‖∞; NaN where a value is no number. */
export function largestError(a: Tensor, b: Tensor): number {
  const width = b.dims.at(-1) ?? 1;
  if (a.data.length !== b.data.length) return NaN;
  let worst = 0;
  for (let from = 0; from < b.data.length; from += width) {
    let error = 0;
    let size = 0;
    for (let i = from; i < from + width; i++) {
      const [there = NaN, here = NaN] = [a.data[i], b.data[i]];
      if (!Number.isFinite(there)) return NaN;
      error = Math.max(error, Math.abs(there - here));
      size = Math.max(size, Math.abs(here));
    }
    worst = Math.max(worst, size === 0 ? error : error / size);
  }
  return worst;
}
