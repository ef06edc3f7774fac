// What can be said about a model before its residual stream is looked for: made for a newer onnxruntime, made for
// training, or another kind of model than a decoder. One sentence each, with what was found. Signs are those that no
// decoder has; what shows none of them passes, and the search for sites decides.
import { MonosemError } from '../../../shared/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { toNumber, type ModelProto, type NodeProto, type ValueInfoProto } from '../proto/schema.ts';
import { knownDomains, newestIrVersion, newestOpset } from '../runtime/limits.ts';
import { findCausalSign, hasAttention, nodesOf } from './causality.ts';

const instead = 'choose a decoder-only language model';

/** @throws MonosemError `unsupportedModel` or `notADecoder` */
export function refuseNonDecoder(proto: ModelProto, graph: Graph, file: string): void {
  refuseNewer(proto, file);
  const nodes = nodesOf(proto.graph);
  refuseTraining(nodes, file);
  refuseForeignOperators(proto, nodes, file);
  refuseOtherInputs(graph, file);
  refuseEncoder(graph, nodes, file);
}

function refuseNewer(proto: ModelProto, file: string): void {
  const ir = toNumber(proto.irVersion);
  const standard = proto.opsetImport?.find(({ domain = '' }) => /^(ai\.onnx)?$/.test(domain));
  const opset = toNumber(standard?.version);
  const isNewer = (what: string, version: number, newest: number): MonosemError =>
    new MonosemError(
      'unsupportedModel',
      `${file} is newer than this onnxruntime: it has ${what} ${version} and ${newest} is the newest that can be read; export the model with an older version or update Monosem.`,
    );
  if (ir > newestIrVersion) throw isNewer('IR version', ir, newestIrVersion);
  if (opset > newestOpset) throw isNewer('operator set', opset, newestOpset);
}

const trainingOperator = /Grad$|^(SoftmaxCrossEntropyLoss|NegativeLogLikelihoodLoss)|Optimizer/;

function refuseTraining(nodes: readonly NodeProto[], file: string): void {
  const node = nodes.find(
    ({ opType = '', domain }) =>
      trainingOperator.test(opType) || domain === 'ai.onnx.preview.training',
  );
  if (node === undefined) return;
  throw new MonosemError(
    'notADecoder',
    `${file} is a graph for training: it contains ${node.opType ?? ''}, which serves no prediction; choose the inference model of the same export.`,
  );
}

/** Operators the file defines itself, as torch.onnx does, are no foreign ones. */
function refuseForeignOperators(
  proto: ModelProto,
  nodes: readonly NodeProto[],
  file: string,
): void {
  const own = new Set(
    (proto.functions ?? []).map(({ domain = '', name = '' }) => `${domain}:${name}`),
  );
  const foreign = new Set<string>();
  for (const { domain = '', opType = '' } of nodes) {
    if (knownDomains.has(domain)) continue;
    const name = `${domain}:${opType}`;
    if (!own.has(name)) foreign.add(name);
  }
  if (foreign.size === 0) return;
  const [first = '', second, third] = foreign;
  const names = [first, ...(second === undefined ? [] : [second])].join(', ');
  throw new MonosemError(
    'unsupportedModel',
    `${file} needs operators that onnxruntime does not have: ${names}${third === undefined ? '' : ` and ${foreign.size - 2} more`}; export the model without custom operators.`,
  );
}

const sound = /^(input_features|input_values|audio|waveform|speech|mel)/;

function refuseOtherInputs(graph: Graph, file: string): void {
  const inputs = [...graph.inputs.values()].filter(
    ({ name = '' }) => !graph.initializers.has(name),
  );
  const image = inputs.find(isImage);
  if (image !== undefined) {
    throw otherKind(file, `a vision model: its input ${shown(image)} takes images`);
  }
  const audio = inputs.find(({ name = '' }) => sound.test(name));
  if (audio !== undefined) {
    throw otherKind(file, `an audio model: its input ${shown(audio)} takes sound`);
  }
  const encoded = inputs.find(({ name = '' }) => /encoder_hidden_states|\.encoder\./.test(name));
  if (encoded !== undefined) {
    throw new MonosemError(
      'notADecoder',
      `${file} is the decoder of an encoder-decoder model: its input ${shown(encoded)} takes what an encoder made of another text; ${instead}.`,
    );
  }
  const embedded = inputs.find(({ name = '' }) => name === 'inputs_embeds');
  if (embedded !== undefined && !inputs.some(({ name }) => name === 'input_ids')) {
    throw new MonosemError(
      'notADecoder',
      `${file} is only a part of a model: its input ${shown(embedded)} takes embedded tokens, which another file makes; choose an export whose decoder takes input_ids.`,
    );
  }
}

function otherKind(file: string, what: string): MonosemError {
  return new MonosemError(
    'notADecoder',
    `${file} is not a language model decoder but ${what}; ${instead}.`,
  );
}

const floats = new Set([1, 10, 16]);

/** By name, or four-dimensional and no keys and values. */
function isImage({ name = '', type }: ValueInfoProto): boolean {
  if (name.startsWith('pixel_values')) return true;
  const { elemType, shape } = type?.tensorType ?? {};
  const isPlane = floats.has(elemType ?? 0) && shape?.dim?.length === 4;
  return isPlane && !/past|cache|key|value|mask|state|bias/i.test(name);
}

function shown({ name = '', type }: ValueInfoProto): string {
  const dims = (type?.tensorType?.shape?.dim ?? []).map(({ dimValue, dimParam }) =>
    dimParam === undefined || dimParam === '' ? toNumber(dimValue) : dimParam,
  );
  return `${name} [${dims.join(', ')}]`;
}

/**
 * Attention in which nothing keeps a token from seeing those after it: BERT and its relatives, and decoders that were
 * traced with a cache and one new token.
 */
function refuseEncoder(graph: Graph, nodes: readonly NodeProto[], file: string): void {
  if (!hasAttention(nodes) || findCausalSign(graph, nodes) !== undefined) return;
  if ([...graph.inputs.keys()].some((name) => /past|cache/i.test(name))) {
    throw new MonosemError(
      'unsupportedModel',
      `${file} reads only one token at a time: it was traced behind a KV cache and has no causal mask; use decoder_model.onnx of the same export, or export the model again with a newer optimum.`,
    );
  }
  const names = (values: Iterable<string>): string => [...values].join(', ');
  throw new MonosemError(
    'notADecoder',
    `${file} is an encoder such as BERT, not a decoder: its attention has no causal mask and no KV cache, so tokens see those after them (inputs ${names(graph.inputs.keys())}, outputs ${names(graph.outputs.keys())}); ${instead}.`,
  );
}
