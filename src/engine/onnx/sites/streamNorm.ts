// Which kind of normalisation reads the residual stream: one that subtracts the mean over the entries of a token
// (LayerNorm), or one that does not (RMSNorm). Told from the graph, whether a node says it or it is written out.
import type { Graph, GraphNode } from '../graph/graph.ts';
import { aliases } from './aliases.ts';
import type { ResidualStream } from './residual.ts';

/** Fused with the addition or alone; `Simplified` is onnxruntime's word for RMSNorm. */
const norms: ReadonlyMap<string, StreamNorm> = new Map([
  ['LayerNormalization', 'layerNorm'],
  ['SkipLayerNormalization', 'layerNorm'],
  ['RMSNormalization', 'rmsNorm'],
  ['SimplifiedLayerNormalization', 'rmsNorm'],
  ['SkipSimplifiedLayerNormalization', 'rmsNorm'],
]);

export type StreamNorm = 'layerNorm' | 'rmsNorm';

/** What every norm of the stream is, or nothing where the graph does not tell; one RMSNorm is enough to be `rmsNorm`. */
export function findStreamNorm(
  graph: Graph,
  { start, links }: Pick<ResidualStream, 'start' | 'links'>,
): StreamNorm | undefined {
  const fused = links.filter(({ isFused }) => isFused).map(({ node }) => norms.get(node.type));
  const apart = [start, ...links.map(({ value }) => value)].map((value) => readBy(graph, value));
  const found = new Set([...fused, ...apart]);
  if (found.has('rmsNorm')) return 'rmsNorm';
  return found.has('layerNorm') ? 'layerNorm' : undefined;
}

/** The norm that reads a value, or a copy of it. */
function readBy(graph: Graph, value: string): StreamNorm | undefined {
  const copies = aliases(graph, value);
  const readers = [...copies].flatMap((name) => graph.consumers(name));
  const named = readers.map(({ type }) => norms.get(type)).find((norm) => norm !== undefined);
  if (named !== undefined) return named;
  // Written out, LayerNorm begins with the mean and RMSNorm with the square.
  if (readers.some(({ type }) => type === 'ReduceMean')) return 'layerNorm';
  return readers.some((node) => isSquare(node, copies)) ? 'rmsNorm' : undefined;
}

function isSquare({ type, inputs }: GraphNode, copies: ReadonlySet<string>): boolean {
  if (type === 'Mul') return inputs.length === 2 && inputs.every((name) => copies.has(name));
  return type === 'Pow' && copies.has(inputs[0] ?? '');
}
