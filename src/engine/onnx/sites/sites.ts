// Names the places of a decoder's residual stream as TransformerLens does, from the structure of the graph: token
// embedding, additions to the stream, blocks. The result must agree with the number of layers the model's
// configuration claims; a file that does not fit is refused with what was found, never guessed.
import { MonosemError } from '../../../shared/errors.ts';
import { Constants } from '../graph/constants.ts';
import { Graph } from '../graph/graph.ts';
import { ValueTypes } from '../graph/valueTypes.ts';
import type { OnnxModel } from '../proto/model.ts';
import { BlockFinder, type Block } from './blocks.ts';
import { findTokenEmbedding, type TokenEmbedding } from './embedding.ts';
import { describeInterface, type DecoderInterface } from '../decoder/interface.ts';
import type { CacheShape } from '../decoder/past.ts';
import { refuseNonDecoder } from '../decoder/refusal.ts';
import { AmbiguousStream, followResidual, type ResidualStream } from './residual.ts';
import { SiteTable, type Site } from './siteTable.ts';
import { findStreamNorm, type StreamNorm } from './streamNorm.ts';

export type { Site } from './siteTable.ts';

export interface Sites extends DecoderInterface {
  /** In the order in which the model computes them. */
  readonly sites: ReadonlyMap<string, Site>;
  readonly layers: number;
  /** `sequential`: attention, then MLP; `parallel`: both read the same. */
  readonly blockKind: 'sequential' | 'parallel';
  /** What the residual stream is read through, where the graph tells. */
  readonly norm?: StreamNorm;
  /** Quantization scales are computed over whole tensors while the model runs: rows of a batch depend on each other. */
  readonly dynamicallyQuantized: boolean;
  /** Behind a cache it reads several tokens of one row only: so onnxruntime 1.30 wants it of its fused attention. */
  readonly oneRowBehindCache: boolean;
}

const dynamicQuantization = /^(DynamicQuantize|QAttention$)/;

/**
 * @param expectedLayers what the model's configuration says; without it the graph is believed
 * @param cache what it says of the KV cache, for graphs that leave its sizes open
 * @throws MonosemError `notADecoder` when there are no token ids or no residual stream, `unsupportedModel` when the
 *   stream is not what `expectedLayers` blocks would make
 */
export function discoverSites(
  model: OnnxModel,
  expectedLayers?: number,
  cache: CacheShape = {},
): Sites {
  const file = model.file ?? 'The model';
  const graph = new Graph(model.proto.graph);
  refuseNonDecoder(model.proto, graph, file);
  const types = new ValueTypes(graph);
  const embedding = findTokenEmbedding(graph, types);
  if (embedding === undefined) throw withoutEmbedding(graph, file);
  const constants = new Constants(graph);
  const stream = follow(graph, constants, embedding, file);
  if (stream.links.length === 0) {
    throw new MonosemError(
      'notADecoder',
      `${file} looks up token ids but has no residual stream; choose a decoder-only language model.`,
    );
  }
  const found = new BlockFinder(graph, stream).find();
  expectBlocks(file, stream, found, expectedLayers);
  const table = new SiteTable(graph, constants, types, stream);
  if (!embedding.hasPositions) table.addEmbedding(stream.embedded);
  for (const [i, block] of found.blocks.entries()) table.addBlock(i, block);
  const norm = findStreamNorm(graph, stream);
  return {
    ...describeInterface(graph, embedding.ids, file, cache),
    ...(norm === undefined ? {} : { norm }),
    sites: table.sites,
    layers: found.blocks.length,
    blockKind: found.blocks.every(({ middle }) => middle !== undefined) ? 'sequential' : 'parallel',
    dynamicallyQuantized: [...graph.nodes].some((node) => dynamicQuantization.test(node.type)),
    oneRowBehindCache: [...graph.nodes].some((node) => node.type === 'GroupQueryAttention'),
  };
}

function withoutEmbedding(graph: Graph, file: string): MonosemError {
  if ([...graph.nodes].some((node) => node.type === 'If')) {
    return new MonosemError(
      'unsupportedModel',
      `${file} keeps its decoder inside an If of unknown form; use model.onnx or decoder_with_past_model.onnx of the same export.`,
    );
  }
  const inputs = [...graph.inputs.keys()].join(', ');
  return new MonosemError(
    'notADecoder',
    `${file} is not a language model decoder: none of its inputs (${inputs}) is looked up in a token table; choose a decoder-only language model.`,
  );
}

function follow(
  graph: Graph,
  constants: Constants,
  embedding: TokenEmbedding,
  file: string,
): ResidualStream {
  try {
    return followResidual(graph, constants, embedding);
  } catch (error) {
    if (!(error instanceof AmbiguousStream)) throw error;
    const names = error.nodes.map((node) => node.proto.name ?? node.type).join(' and ');
    throw new MonosemError(
      'unsupportedModel',
      `${file} is not supported: its residual stream forks at ${error.value}, into ${names}; please report the model.`,
    );
  }
}

function expectBlocks(
  file: string,
  stream: ResidualStream,
  found: { readonly blocks: readonly Block[]; readonly stoppedAt?: number },
  expectedLayers: number | undefined,
): void {
  const { blocks, stoppedAt } = found;
  const fits = stoppedAt === undefined && (expectedLayers ?? blocks.length) === blocks.length;
  if (fits) return;
  const nameOf = (i: number): string =>
    stream.links[i]?.node.proto.name ?? stream.links[i]?.value ?? '';
  const wanted = expectedLayers === undefined ? '' : `, ${expectedLayers} are expected`;
  const stop =
    stoppedAt === undefined ? '' : `, and then ${nameOf(stoppedAt)}, which fits no block`;
  throw new MonosemError(
    'unsupportedModel',
    `${file} is not supported: its residual stream has ${stream.links.length} additions (${nameOf(0)} to ${nameOf(stream.links.length - 1)}) that make ${blocks.length} blocks${stop}${wanted}; check that config.json belongs to this file.`,
  );
}
