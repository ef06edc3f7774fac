// The inputs and outputs of a decoder in Hugging Face's naming: token ids, mask, positions, KV cache, logits.
import { MonosemError } from '../../../shared/errors.ts';
import { elementTypeOf, type ElementType } from '../proto/elementType.ts';
import type { Graph } from '../graph/graph.ts';
import { toNumber, type ValueInfoProto } from '../proto/schema.ts';

/** Keys or values of one layer: [B, H, P, W] goes in, [B, H, P + T, W] comes out. */
export interface DecoderPast {
  readonly layer: number;
  /** e.g. `past_key_values.0.key` */
  readonly input: string;
  /** e.g. `present.0.key` */
  readonly output: string;
  readonly type: 'float32' | 'float16';
  /** Key/value heads H. */
  readonly heads: number;
  /** Width W of a head. */
  readonly width: number;
}

export interface DecoderInputs {
  /** Token ids [B, T]. */
  readonly ids: string;
  readonly idsType: ElementType;
  /** 1 for tokens that count [B, P + T]. */
  readonly attentionMask?: string;
  /** [B, T] */
  readonly positionIds?: string;
  /** By layer, keys before values; empty for a model without KV cache. */
  readonly past: readonly DecoderPast[];
  /** Inputs none of the above covers; whoever runs the model must know them. */
  readonly others: readonly string[];
}

export interface DecoderInterface {
  readonly inputs: DecoderInputs;
  /** Name of the output [B, T, V]; absent in models without an unembedding. */
  readonly logits?: string;
  /** Rows the model takes; `dynamic` for any number. */
  readonly batch: number | 'dynamic';
}

const pastName = /^past.*?(\d+).*?\b(key|value)$/;
const presentName = /^present.*?(\d+).*?\b(key|value)$/;

/** Sizes of the KV cache as the model's configuration has them, for files that leave them open. */
export interface CacheShape {
  /** Key/value heads H. */
  readonly heads?: number | undefined;
  /** Width W of a head. */
  readonly width?: number | undefined;
}

/** @throws MonosemError `unsupportedModel` when the KV cache is not of the usual kind */
export function describeInterface(
  graph: Graph,
  ids: string,
  file: string,
  cache: CacheShape = {},
): DecoderInterface {
  const names = [...graph.inputs.keys()].filter((name) => !graph.initializers.has(name));
  const outputs = [...graph.outputs.keys()];
  const past = findPast(graph, names, file, cache);
  const attentionMask = names.find((name) => name.includes('attention_mask'));
  const positionIds = names.find((name) => name.includes('position_ids'));
  const known = new Set([ids, attentionMask, positionIds, ...past.map(({ input }) => input)]);
  const logits =
    outputs.find((name) => name === 'logits') ?? outputs.find((name) => /logits/i.test(name));
  return {
    inputs: {
      ids,
      idsType: elementTypeOf(graph.inputs.get(ids)?.type?.tensorType?.elemType) ?? 'int64',
      ...(attentionMask === undefined ? {} : { attentionMask }),
      ...(positionIds === undefined ? {} : { positionIds }),
      past,
      others: names.filter((name) => !known.has(name)),
    },
    ...(logits === undefined ? {} : { logits }),
    batch: staticDims(graph.inputs.get(ids))[0] ?? 'dynamic',
  };
}

/** `3.key` → the name it is in. */
function cacheNames(names: Iterable<string>, pattern: RegExp): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of names) {
    const match = pattern.exec(name);
    if (match !== null) found.set(`${Number(match[1])}.${match[2] ?? ''}`, name);
  }
  return found;
}

function findPast(
  graph: Graph,
  names: readonly string[],
  file: string,
  cache: CacheShape,
): DecoderPast[] {
  const present = cacheNames(graph.outputs.keys(), presentName);
  const past: DecoderPast[] = [];
  for (const [place, input] of cacheNames(names, pastName)) {
    const output = present.get(place);
    const info = graph.inputs.get(input);
    const type = elementTypeOf(info?.type?.tensorType?.elemType);
    const [, heads = cache.heads, , width = cache.width] = staticDims(info);
    const isUsual = type === 'float32' || type === 'float16';
    if (output === undefined || heads === undefined || width === undefined || !isUsual) {
      throw new MonosemError(
        'unsupportedModel',
        `${file} is not supported: its cache input ${input} is not a float tensor [batch, heads, past, width] with a matching present output, whose heads and width the file or its config.json gives; export the model with a plain KV cache.`,
      );
    }
    past.push({ layer: Number.parseInt(place, 10), input, output, type, heads, width });
  }
  return past.sort((a, b) => a.layer - b.layer || (a.input < b.input ? -1 : 1));
}

function staticDims(value: ValueInfoProto | undefined): (number | undefined)[] {
  return (value?.type?.tensorType?.shape?.dim ?? []).map((dim) => {
    const size = toNumber(dim.dimValue);
    return Object.hasOwn(dim, 'dimValue') && size > 0 ? size : undefined;
  });
}
