// "Merged" exports hold the decoder twice, with and without KV cache, in the branches of one If. One of them takes the
// place of the If: the one with cache, since a cache of length 0 is legal, unless it was traced for a single new token
// and so has lost its causal mask. Everything else is left alone.
import { Graph } from '../graph/graph.ts';
import { renameOuterRead } from '../graph/subgraphs.ts';
import type { OnnxTensor, OnnxTensors, Session } from '../runtime/session.ts';
import type { AttributeProto, GraphProto, ModelProto, NodeProto } from '../proto/schema.ts';
import { shallowCopy } from '../proto/schema.ts';
import { findCausalSign, nodesOf } from './causality.ts';

/** Name exporters give to the condition; true chooses `then_branch`. */
const conditionName = 'use_cache_branch';

/**
 * What an untouched merged file takes besides, to run the branch that `readDecoder` makes a graph of: the condition, and
 * a cache without tokens where that branch reads none. Nothing for any other file.
 */
export function cacheSwitchFeeds({ inputs }: Session, readsCache: boolean): OnnxTensors {
  if (!inputs.some(({ name }) => name === conditionName)) return {};
  const feeds: Record<string, OnnxTensor> = {
    [conditionName]: { type: 'bool', dims: [1], data: Uint8Array.of(readsCache ? 1 : 0) },
  };
  if (readsCache) return feeds;
  for (const { name, type, dims } of inputs) {
    if (!name.startsWith('past')) continue;
    const empty = dims.map((size, axis) => (typeof size === 'number' ? size : axis === 0 ? 1 : 0));
    feeds[name] =
      type === 'float16'
        ? { type, dims: empty, data: new Uint16Array(0) }
        : { type: 'float32', dims: empty, data: new Float32Array(0) };
  }
  return feeds;
}

export function withoutCacheSwitch(model: ModelProto): ModelProto {
  const { graph = {} } = model;
  const merged = graph.node?.find(isCacheSwitch);
  const cached = merged && inlineBranch(graph, merged, 'then_branch');
  if (merged === undefined || cached === undefined) return model;
  const copy = shallowCopy(model);
  copy.graph = cached;
  if (findCausalSign(new Graph(cached), nodesOf(cached)) === undefined) {
    const whole = inlineBranch(graph, merged, 'else_branch');
    if (whole !== undefined) copy.graph = withoutUnread(whole);
  }
  return copy;
}

function inlineBranch(graph: GraphProto, merged: NodeProto, name: string): GraphProto | undefined {
  const branch = merged.attribute?.find((attribute) => attribute.name === name)?.g;
  return branch ? inline(graph, merged, branch) : undefined;
}

/** The graph without the cache: its inputs, which this branch does not read, and its outputs. */
function withoutUnread(graph: GraphProto): GraphProto {
  const read = new Set((graph.node ?? []).flatMap(({ input }) => input ?? []));
  const isCache = ({ name = '' }): boolean => /^(past|present)/.test(name) && !read.has(name);
  const copy = shallowCopy(graph);
  copy.input = (graph.input ?? []).filter((input) => !isCache(input));
  copy.output = (graph.output ?? []).filter((output) => !isCache(output));
  return copy;
}

function isCacheSwitch({ opType, input }: NodeProto): boolean {
  return opType === 'If' && input?.[0] === conditionName;
}

function inline(graph: GraphProto, merged: NodeProto, branch: GraphProto): GraphProto {
  const outputs = (branch.output ?? []).map(({ name }) => name ?? '');
  const names = new Map(outputs.map((inner, i) => [inner, merged.output?.[i] ?? inner]));
  const nodes = (branch.node ?? []).map((node) => renamed(node, names));
  const copy = shallowCopy(graph);
  copy.node = (graph.node ?? []).flatMap((node) => (node === merged ? nodes : [node]));
  copy.initializer = [...(graph.initializer ?? []), ...(branch.initializer ?? [])];
  copy.valueInfo = [...(graph.valueInfo ?? []), ...(branch.valueInfo ?? [])];
  copy.input = (graph.input ?? []).filter(({ name }) => name !== conditionName);
  return copy;
}

/** The node with the branch's outputs called as the If calls them. */
function renamed(node: NodeProto, names: ReadonlyMap<string, string>): NodeProto {
  let copy = shallowCopy(node);
  const hasSubgraph = (node.attribute ?? []).some(isGraph);
  for (const [from, to] of names) if (hasSubgraph) copy = renameOuterRead(copy, from, to);
  copy.input = (node.input ?? []).map((name) => names.get(name) ?? name);
  copy.output = (node.output ?? []).map((name) => names.get(name) ?? name);
  return copy;
}

function isGraph(attribute: AttributeProto): boolean {
  return Object.hasOwn(attribute, 'g') || (attribute.graphs ?? []).length > 0;
}
