// Reads a llama2.c version-0 checkpoint: seven int32 (dim, hidden, layers, heads, kv heads, vocabulary, context),
// then float32 tensors in the order below, one after another, all layers of a kind together. A positive vocabulary
// size means that the unembedding is the embedding. Format: https://github.com/karpathy/llama2.c, run.c.

const headerBytes = 28;

export interface LlamaShape {
  readonly dModel: number;
  readonly dMlp: number;
  readonly layers: number;
  readonly heads: number;
  readonly dHead: number;
  readonly vocabulary: number;
  readonly context: number;
}

/** One block. A projection is stored as [outputs, inputs], as PyTorch stores a Linear. */
export interface LlamaBlock {
  readonly inputNorm: Float32Array;
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly value: Float32Array;
  readonly output: Float32Array;
  readonly mlpNorm: Float32Array;
  readonly gate: Float32Array;
  readonly down: Float32Array;
  readonly up: Float32Array;
}

export interface LlamaCheckpoint {
  readonly shape: LlamaShape;
  /** [V, D], also the unembedding. */
  readonly embedding: Float32Array;
  readonly blocks: readonly LlamaBlock[];
  readonly finalNorm: Float32Array;
}

function readShape(bytes: Buffer): LlamaShape {
  const field = (index: number): number => bytes.readInt32LE(4 * index);
  const heads = field(3);
  if (field(4) !== heads) throw new Error('Grouped KV heads are not handled by this reader.');
  if (field(5) <= 0) throw new Error('A separate unembedding is not handled by this reader.');
  return {
    dModel: field(0),
    dMlp: field(1),
    layers: field(2),
    heads,
    dHead: field(0) / heads,
    vocabulary: field(5),
    context: field(6),
  };
}

/** @param bytes the whole checkpoint, header included */
export function readCheckpoint(bytes: Buffer): LlamaCheckpoint {
  const shape = readShape(bytes);
  let position = headerBytes;
  const take = (count: number): Float32Array => {
    const end = position + 4 * count;
    // A copy, because float32 views need an alignment that a slice of a file does not have.
    const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + position, bytes.byteOffset + end));
    position = end;
    return values;
  };
  const perLayer = (count: number): Float32Array[] =>
    Array.from({ length: shape.layers }, () => take(count));
  const { dModel: d, dMlp: h } = shape;
  const embedding = take(shape.vocabulary * d);
  const stacks = {
    inputNorm: perLayer(d),
    query: perLayer(d * d),
    key: perLayer(d * d),
    value: perLayer(d * d),
    output: perLayer(d * d),
    mlpNorm: perLayer(d),
    gate: perLayer(h * d),
    down: perLayer(d * h),
    up: perLayer(h * d),
  };
  const finalNorm = take(d);
  // Tables of rotary cosines and sines end the file; the graph computes them from the positions instead.
  position += 4 * shape.context * shape.dHead;
  if (position !== bytes.length) {
    throw new Error(`The checkpoint has ${String(bytes.length)} bytes, its header asks for ${String(position)}.`);
  }
  const at = (stack: readonly Float32Array[], layer: number): Float32Array => {
    const tensor = stack[layer];
    if (tensor === undefined) throw new Error(`The checkpoint has no layer ${String(layer)}.`);
    return tensor;
  };
  const blocks = Array.from({ length: shape.layers }, (_, layer) => ({
    inputNorm: at(stacks.inputNorm, layer),
    query: at(stacks.query, layer),
    key: at(stacks.key, layer),
    value: at(stacks.value, layer),
    output: at(stacks.output, layer),
    mlpNorm: at(stacks.mlpNorm, layer),
    gate: at(stacks.gate, layer),
    down: at(stacks.down, layer),
    up: at(stacks.up, layer),
  }));
  return { shape, embedding, blocks, finalNorm };
}
