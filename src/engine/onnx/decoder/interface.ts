// The inputs and outputs of a decoder in Hugging Face's naming: token ids, mask, positions, KV cache, logits.
import { elementTypeOf, type ElementType } from '../proto/elementType.ts';
import type { Graph } from '../graph/graph.ts';
import { findPast, staticDims, type CacheShape, type DecoderPast } from './past.ts';

/** An input that is filled with whole numbers. */
export interface NumberInput {
  readonly name: string;
  readonly type: ElementType;
}

export interface DecoderInputs {
  /** Token ids [B, T]. */
  readonly ids: NumberInput;
  /** 1 for tokens that count [B, P + T]. */
  readonly attentionMask?: NumberInput;
  /** [B, T] */
  readonly positionIds?: NumberInput;
  /** Place of each new token in the cache [T]. */
  readonly cachePosition?: NumberInput;
  /** How many of the last tokens get logits, 0 for all []. */
  readonly logitsToKeep?: NumberInput;
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

const numberInputs = {
  attentionMask: /attention_mask/,
  positionIds: /position_ids/,
  cachePosition: /^cache_position$/,
  logitsToKeep: /^(num_)?logits_to_keep$/,
} as const;

/** @throws MonosemError `unsupportedModel` when the KV cache is not of a known form */
export function describeInterface(
  graph: Graph,
  ids: string,
  file: string,
  cache: CacheShape = {},
): DecoderInterface {
  const names = [...graph.inputs.keys()].filter((name) => !graph.initializers.has(name));
  const outputs = [...graph.outputs.keys()];
  const past = findPast(graph, names, file, cache);
  const known = new Set([ids, ...past.map(({ input }) => input)]);
  const filled: { -readonly [Key in keyof typeof numberInputs]?: NumberInput } = {};
  for (const [role, pattern] of Object.entries(numberInputs)) {
    const name = names.find((each) => pattern.test(each) && !known.has(each));
    if (name === undefined) continue;
    known.add(name);
    filled[role as keyof typeof numberInputs] = numberInput(graph, name);
  }
  const logits =
    outputs.find((name) => name === 'logits') ?? outputs.find((name) => /logits/i.test(name));
  return {
    inputs: {
      ids: numberInput(graph, ids),
      ...filled,
      past,
      others: names.filter((name) => !known.has(name)),
    },
    ...(logits === undefined ? {} : { logits }),
    batch: staticDims(graph.inputs.get(ids))[0] ?? 'dynamic',
  };
}

function numberInput(graph: Graph, name: string): NumberInput {
  const type = elementTypeOf(graph.inputs.get(name)?.type?.tensorType?.elemType);
  return { name, type: type ?? 'int64' };
}
