// "Merged" exports hold the decoder twice, with and without KV cache, in the branches of one If. A cache of length 0
// is legal, so the branch with cache serves for both: it takes the place of the If. Everything else is left alone.
import type { AttributeProto, GraphProto, ModelProto, NodeProto } from '../proto/schema.ts';
import { shallowCopy } from '../proto/schema.ts';
import { renameOuterRead } from './subgraphs.ts';

/** Name exporters give to the condition; true chooses `then_branch`. */
const conditionName = 'use_cache_branch';

/** The model with the branch that uses the cache inlined; the model itself when it is not merged. */
export function inlineCacheBranch(model: ModelProto): ModelProto {
  const graph = model.graph ?? {};
  const merged = graph.node?.find(isCacheSwitch);
  const branch = merged?.attribute?.find(({ name }) => name === 'then_branch')?.g;
  if (merged === undefined || branch === undefined) return model;
  const copy = shallowCopy(model);
  copy.graph = inline(graph, merged, branch);
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
