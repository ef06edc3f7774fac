// Gives a model to onnxruntime as bytes plus a folder: tensors that lie in files are named relative to the common
// ancestor of all those files. Everything is a real path, because onnxruntime refuses a location that leaves the
// folder, through `..` or through a symbolic link.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { realFile } from '../../files/realFile.ts';
import type { OnnxModel } from '../proto/model.ts';
import { encodeModelProto, shallowCopy } from '../proto/schema.ts';
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from '../proto/schema.ts';
import { externalLocationOf } from '../proto/tensorProto.ts';

/** A model in memory; `folder` holds, at any depth, the files its tensors lie in. */
export interface PackedModel {
  readonly bytes: Uint8Array;
  readonly folder: string;
  /** Absolute paths of all files its tensors lie in. */
  readonly files: readonly string[];
}

type Change = (tensor: TensorProto) => TensorProto;

/** A copy of the graph with `change` applied to initializers and Constant tensors, those of subgraphs included. */
export function mapTensors(graph: GraphProto, change: Change): GraphProto {
  const copy = shallowCopy(graph);
  copy.initializer = (graph.initializer ?? []).map(change);
  copy.node = (graph.node ?? []).map((node) => mapNode(node, change));
  return copy;
}

function mapNode(node: NodeProto, change: Change): NodeProto {
  if (node.attribute === undefined || node.attribute.length === 0) return node;
  const copy = shallowCopy(node);
  copy.attribute = node.attribute.map((attribute) => mapAttribute(attribute, change));
  return copy;
}

function mapAttribute(attribute: AttributeProto, change: Change): AttributeProto {
  const { t, g, graphs } = attribute;
  if (!t && !g && !graphs?.length) return attribute;
  const copy = shallowCopy(attribute);
  if (t) copy.t = change(t);
  if (g) copy.g = mapTensors(g, change);
  if (graphs?.length) copy.graphs = graphs.map((graph) => mapTensors(graph, change));
  return copy;
}

/** The deepest folder that contains all files, or `undefined` when they lie on different drives. */
export function commonFolder(files: readonly string[]): string | undefined {
  const [first, ...rest] = files.map((file) => path.dirname(file).split(path.sep));
  if (first === undefined) return undefined;
  let depth = first.length;
  for (const other of rest) {
    let same = 0;
    while (same < depth && same < other.length && first[same] === other[same]) same++;
    depth = same;
  }
  if (depth === 0) return undefined;
  const folder = first.slice(0, depth).join(path.sep);
  return depth === 1 ? folder + path.sep : folder;
}

/** The files that tensors of a graph lie in, in the order in which they are met. */
export function weightFiles(graph: GraphProto): ReadonlySet<string> {
  const files = new Set<string>();
  mapTensors(graph, (tensor) => {
    const location = externalLocationOf(tensor);
    if (location !== undefined) files.add(location);
    return tensor;
  });
  return files;
}

/** @throws MonosemError `fileUnreadable` when the files have no common folder */
export function packModel(model: OnnxModel): PackedModel {
  const real = new Map<string, string>();
  const graph = model.proto.graph ?? {};
  for (const location of weightFiles(graph))
    real.set(location, realFile(location, 'A weight file of the model'));
  if (real.size === 0) return { bytes: encodeModelProto(model.proto), folder: '', files: [] };
  const folder = commonFolder([...real.values()]);
  if (folder === undefined) {
    throw new MonosemError(
      'fileUnreadable',
      `${[...real.values()].join(' and ')} are on different drives; put them on the same drive.`,
    );
  }
  const relative = new Map<string, string>();
  for (const [location, file] of real) {
    relative.set(location, path.relative(folder, file).split(path.sep).join('/'));
  }
  const proto = shallowCopy(model.proto);
  proto.graph = mapTensors(graph, (tensor) => {
    const location = externalLocationOf(tensor);
    if (location === undefined) return tensor;
    const copy = shallowCopy(tensor);
    copy.externalData = (tensor.externalData ?? []).map((entry) =>
      entry.key === 'location' ? { key: 'location', value: relative.get(location) ?? '' } : entry,
    );
    return copy;
  });
  return { bytes: encodeModelProto(proto), folder, files: [...real.values()] };
}
