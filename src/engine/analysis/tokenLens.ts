// Looks at one token of a window: what the model expected in its place and what it expects behind it, at the end of the
// model and behind every block (the logit lens, nostalgebraist 2020). Runs only what no KV cache covers.
import { MonosemError } from '../../shared/errors.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { OnnxTensors } from '../onnx/runtime/session.ts';
import { unembeddingNames } from '../onnx/unembedding.ts';
import {
  blockEnd,
  reusableLength,
  sequenceOf,
  type AnalysedWindow,
  type BlockRun,
  type Breath,
} from './analysedWindow.ts';
import { lensNames, type LensPrograms } from './lensPrograms.ts';

export interface LensRun extends BlockRun {
  readonly programs: LensPrograms;
  /** Rows of a run depend on each other, so each layer is read in a run of its own. */
  readonly rowsApart: boolean;
}

/** Logits of a position: row by row those of the lens, or the model's own alone. */
export interface PositionLogits {
  /** [R, V]; the last row is what the model says, those before it are the layers before the last. */
  readonly data: Float32Array;
  readonly rows: number;
  readonly vocabulary: number;
}

export interface TokenLogits {
  /** In the token's place; absent where nothing precedes it. */
  readonly here?: PositionLogits;
  /** Behind it. */
  readonly next: PositionLogits;
  /** The window up to the token, with its cache. */
  readonly window: AnalysedWindow;
}

/**
 * @param ids [T] of the whole window, without BOS
 * @param token index into it
 * @param earlier a window that begins alike and has a cache of all layers
 */
export async function lookAtToken(
  run: LensRun,
  { ids, token }: { readonly ids: Uint32Array; readonly token: number },
  earlier: AnalysedWindow | undefined,
  breath: Breath,
): Promise<TokenLogits> {
  const bos = run.bosId === undefined ? 0 : 1;
  const place = bos + token;
  // As if the place were no part of the text: the position before it has to run.
  const from = reusableLength(run, place, ids.subarray(0, token), earlier);
  const read = await readRows(
    run,
    { sequence: sequenceOf(run, ids), place, from },
    earlier,
    breath,
  );
  const [here, next] = read.rows;
  if (next === undefined) throw new MonosemError('internal', 'The token was not read.');
  return {
    ...(here === undefined ? {} : { here: await logitsOf(run, here, breath) }),
    next: await logitsOf(run, next, breath),
    window: {
      ids: ids.slice(0, read.end - bos),
      readings: [],
      ...(read.cache === undefined ? {} : { cache: read.cache }),
    },
  };
}

interface ReadRows {
  /** Of the position before the place, where there is one, and of the place itself. */
  readonly rows: readonly [PositionRows | undefined, PositionRows | undefined];
  /** Positions that have run. */
  readonly end: number;
  readonly cache?: KvCache;
}

/** @param from position from which the model runs; what comes before is in the cache of `earlier` */
async function readRows(
  run: LensRun,
  { sequence, place, from }: { sequence: Uint32Array; place: number; from: number },
  earlier: AnalysedWindow | undefined,
  breath: Breath,
): Promise<ReadRows> {
  // Where results depend on how a window is cut it is cut as ever, else nothing behind the token has to run.
  const last = run.fixedBlocks ? sequence.length : place + 1;
  const wanted = [place - 1, place] as const;
  const rows: [PositionRows | undefined, PositionRows | undefined] = [undefined, undefined];
  let at = from;
  let cache = earlier?.cache?.cut(at);
  while (at <= place) {
    await breath();
    const end = Math.min(last, blockEnd(run, at));
    const result = await run.program.run({
      ids: sequence.subarray(at, end),
      batch: 1,
      ...(cache === undefined ? {} : { cache }),
      feeds: positionFeeds(wanted, at, end),
    });
    for (const [n, position] of wanted.entries()) {
      if (position >= at && position < end) rows[n] = rowsAt(result.outputs, n);
    }
    cache = result.cache;
    at = end;
  }
  return { rows, end: at, ...(cache === undefined ? {} : { cache }) };
}

/** Streams [L, D] of one position, or its logits [1, V]. */
interface PositionRows {
  readonly kind: 'streams' | 'logits';
  readonly data: Float32Array;
  readonly width: number;
}

/** Places of the wanted positions in the run; those of other runs are read somewhere, and left alone. */
function positionFeeds(wanted: readonly number[], at: number, end: number): OnnxTensors {
  const data = BigInt64Array.from(wanted, (position) =>
    BigInt(Math.min(Math.max(position, at), end - 1) - at),
  );
  return { [lensNames.positions]: { type: 'int64', dims: [data.length], data } };
}

/** @param n which of the positions read */
function rowsAt(outputs: OnnxTensors, n: number): PositionRows {
  const kind = lensNames.streams in outputs ? 'streams' : 'logits';
  const tensor = outputs[lensNames[kind]];
  if (tensor?.type !== 'float32') {
    throw new MonosemError('internal', 'The graph that reads tokens has no such output.');
  }
  const [layers = 0, positions = 0, width = 0] = tensor.dims;
  const data = new Float32Array(layers * width);
  for (let layer = 0; layer < layers; layer++) {
    const from = (layer * positions + n) * width;
    data.set(tensor.data.subarray(from, from + width), layer * width);
  }
  return { kind, data, width };
}

async function logitsOf(
  run: LensRun,
  { kind, data, width }: PositionRows,
  breath: Breath,
): Promise<PositionLogits> {
  const { unembedding, layers } = run.programs;
  if (kind === 'logits' || unembedding === undefined) return { data, rows: 1, vocabulary: width };
  const perRun = run.rowsApart ? 1 : layers;
  const parts: Float32Array[] = [];
  for (let layer = 0; layer < layers; layer += perRun) {
    await breath();
    const { outputs } = await unembedding.run({
      ids: new Uint32Array(perRun),
      batch: 1,
      feeds: {
        [unembeddingNames.stream]: {
          type: 'float32',
          dims: [1, perRun, width],
          data: data.slice(layer * width, (layer + perRun) * width),
        },
      },
    });
    const logits = outputs[unembeddingNames.logits];
    if (logits?.type !== 'float32') {
      throw new MonosemError('internal', 'The graph of the unembedding gives no logits.');
    }
    parts.push(logits.data);
  }
  const all = parts.length === 1 ? (parts[0] ?? data) : joined(parts);
  return { data: all, rows: layers, vocabulary: all.length / layers };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
