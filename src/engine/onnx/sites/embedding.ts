// Finds where a decoder begins: the graph input that holds token ids and the Gather that looks them up in a table.
import type { Graph, GraphNode } from '../graph/graph.ts';
import { toNumber } from '../proto/schema.ts';
import type { ValueTypes } from '../graph/valueTypes.ts';

export interface TokenEmbedding {
  /** Graph input with the token ids [B, T]. */
  readonly ids: string;
  /** First floating-point value of the embedded tokens [B, T, D]. */
  readonly value: string;
  /** All that the look-up gives out: fused ones also normalise. */
  readonly outputs: readonly string[];
  /** A fused operator has added the positions already, and the tokens alone are nowhere. */
  readonly hasPositions: boolean;
}

/** What may lie between the ids and the Gather without changing which tokens are meant. */
const shapeOnly = new Set(['Reshape', 'Cast', 'Identity', 'Squeeze', 'Unsqueeze', 'Flatten']);
/** Between a quantized or half-precision table and the embedded value. */
const widening = new Set(['DequantizeLinear', 'Cast', 'Identity']);
/** What may lie between the stored table and its look-up and keeps its rows. */
const tableForms = new Set([...widening, 'Reshape']);

/** Which inputs are ids and table, and which output is the embedded value, by operator. */
const lookUps: Readonly<Record<string, { ids: number; table: number; value: number }>> = {
  Gather: { table: 0, ids: 1, value: 0 },
  GatherBlockQuantized: { table: 0, ids: 1, value: 0 },
  EmbedLayerNormalization: { ids: 0, table: 2, value: 2 },
};

/** `undefined` when no integer input is looked up in a table. */
export function findTokenEmbedding(graph: Graph, types: ValueTypes): TokenEmbedding | undefined {
  let best: { ids: string; node: GraphNode; value: string; rows: number } | undefined;
  for (const node of graph.nodes) {
    const lookUp = lookUps[node.type];
    if (lookUp === undefined) continue;
    const ids = sourceInput(graph, node.inputs[lookUp.ids]);
    const rows = tableRows(graph, node.inputs[lookUp.table]);
    const value = node.outputs[lookUp.value] ?? '';
    if (ids === undefined || rows === undefined || /position|mask|type/i.test(ids)) continue;
    if (value !== '' && rows > (best?.rows ?? 0)) best = { ids, node, value, rows };
  }
  if (best === undefined) return undefined;
  const { ids, node, value } = best;
  const hasPositions = node.type === 'EmbedLayerNormalization';
  const outputs = node.outputs.filter((name) => name !== '');
  return { ids, value: firstFloat(graph, types, value), outputs, hasPositions };
}

/** The graph input a value is a reshaped copy of. */
function sourceInput(graph: Graph, value: string | undefined): string | undefined {
  let at = value;
  while (at !== undefined && !graph.inputs.has(at)) {
    const node = graph.producer(at);
    at = node !== undefined && shapeOnly.has(node.type) ? node.inputs[0] : undefined;
  }
  return at;
}

/** Rows of a constant table [rows, D], looked at through what keeps the rows or turns them into columns. */
function tableRows(graph: Graph, value: string | undefined): number | undefined {
  let isTransposed = false;
  for (let at = value; at !== undefined;) {
    const node = graph.producer(at);
    const tensor = graph.constant(at);
    if (tensor !== undefined) {
      const { dims = [] } = tensor;
      return dims.length < 2 ? undefined : toNumber(isTransposed ? dims.at(-1) : dims[0]);
    }
    if (node?.type === 'Transpose') isTransposed = !isTransposed;
    else if (node === undefined || !tableForms.has(node.type)) return undefined;
    [at] = node.inputs;
  }
  return undefined;
}

/** Past dequantization, and past a widening that every consumer goes through. */
function firstFloat(graph: Graph, types: ValueTypes, value: string): string {
  let at = value;
  for (;;) {
    const consumers = graph.consumers(at);
    const isFloat = /^b?float/.test(types.of(at) ?? '');
    const next = isFloat
      ? consumers.length === 1 && consumers[0]?.type === 'Cast'
      : consumers.find((node) => node.type === 'DequantizeLinear') !== undefined;
    const output = next ? consumers.find((node) => widening.has(node.type))?.outputs[0] : undefined;
    if (output === undefined) return at;
    if (isFloat && types.of(output) !== 'float32') return at;
    at = output;
  }
}
