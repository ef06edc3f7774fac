// A decoder that gives out the keys and values of new tokens alone. An export returns the whole cache, P + T tokens, in
// every run, and onnxruntime-node copies every output into new memory: behind a long text that takes longer than a step of
// the model. Here the tokens read last have inputs of their own, between the cache and the new ones,
//   present = Concat(past, recent, new),
// so that the long past is fed as it is, run after run, and only `new` has to leave the graph. Every node behind the Concat
// sees what it saw before, bit for bit.
import type { DecoderPast } from '../onnx/decoder/past.ts';
import type { GraphBuilder } from '../onnx/graph/builder.ts';
import type { GraphNode } from '../onnx/graph/graph.ts';
import type { Overlay } from '../onnx/overlay.ts';
import { intAttribute } from '../onnx/proto/attributes.ts';

/** Names beside one cache input, of tensors that have its form. */
export const recentNames = {
  /** Input of the R tokens behind the past. */
  recent: ({ input }: DecoderPast): string => `monosem.recent.${input}`,
  /** Output of the T new tokens. */
  appended: ({ output }: DecoderPast): string => `monosem.appended.${output}`,
} as const;

/** Where the graph uses one cache input. */
interface PastUses {
  readonly past: DecoderPast;
  /** Concat(past, new), which is the cache that comes out. */
  readonly joint: GraphNode;
  readonly shapes: readonly GraphNode[];
}

/**
 * Adds those inputs and outputs where the export joins past and new tokens by Concat, as those of optimum and PyTorch do;
 * where attention is one operator that takes the past, the graph stays as it is.
 */
export function emitRecentTokens({ builder, sites }: Overlay): void {
  const uses = sites.inputs.past.map((past) => usesOf(builder, past));
  const known = uses.filter((each) => each !== undefined);
  if (known.length === uses.length) for (const each of known) emitRecent(builder, each);
}

/** @returns undefined where anything reads the past for another purpose */
function usesOf({ graph }: GraphBuilder, past: DecoderPast): PastUses | undefined {
  const readers = graph.consumers(past.input);
  const shapes = readers.filter(({ type }) => type === 'Shape');
  const [joint, ...others] = readers.filter(({ type }) => type !== 'Shape');
  return joint !== undefined && others.length === 0 && joins(joint, past)
    ? { past, joint, shapes }
    : undefined;
}

function joins({ type, inputs, outputs, proto }: GraphNode, past: DecoderPast): boolean {
  const rank = past.dims.length;
  const axis = (intAttribute(proto, 'axis') ?? 0) + rank;
  return (
    type === 'Concat' &&
    axis % rank === past.dims.indexOf('tokens') &&
    inputs.length === 2 &&
    inputs.indexOf(past.input) === 0 &&
    inputs.lastIndexOf(past.input) === 0 &&
    outputs[0] === past.output
  );
}

function emitRecent(builder: GraphBuilder, { past, joint, shapes }: PastUses): void {
  const dims = past.dims.map((dim) => (dim === 'tokens' ? 'recent_tokens' : dim));
  const recent = builder.input(recentNames.recent(past), past.type, dims);
  for (const node of shapes) replaceShape(builder, node, past, recent);
  const [, added = ''] = joint.inputs;
  const appended = recentNames.appended(past);
  builder.output(appended, added);
  // So that the copy which the output is has one reader, and onnxruntime leaves it out.
  builder.graph.setInput(joint, 1, appended);
  builder.graph.insertInput(joint, 1, recent);
}

/** What reads the shape of the past sees the recent tokens counted in. */
function replaceShape(
  builder: GraphBuilder,
  node: GraphNode,
  { input, dims }: DecoderPast,
  recent: string,
): void {
  const { graph } = builder;
  const onTokenAxis = builder.int64s(...dims.map((dim) => Number(dim === 'tokens')));
  const counted = builder.op('Mul', [builder.op('Shape', [recent]), onTokenAxis]);
  const whole = builder.op('Add', [builder.op('Shape', [input]), counted]);
  const start = builder.int64s(intAttribute(node.proto, 'start') ?? 0);
  const end = builder.int64s(intAttribute(node.proto, 'end') ?? dims.length);
  const shape = builder.op('Slice', [whole, start, end]);
  const [before = ''] = node.outputs;
  for (const reader of graph.consumers(before)) graph.replaceInput(reader, before, shape);
}
