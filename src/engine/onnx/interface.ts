// The inputs and outputs of a decoder in Hugging Face's naming: token ids, mask, positions, KV cache, logits.
import type { Graph } from './graph.ts';
import type { ElementType } from './elementType.ts';
import { elementTypeOf } from './elementType.ts';
import { toNumber, type ValueInfoProto } from './schema.ts';

export interface CacheTensors {
  readonly key: string;
  readonly value: string;
}

export interface DecoderInterface {
  readonly inputs: {
    /** Token ids [B, T]. */
    readonly ids: string;
    readonly idsType: ElementType;
    /** 1 for tokens that count [B, P + T]. */
    readonly attentionMask?: string;
    /** [B, T] */
    readonly positionIds?: string;
    /** By layer; empty for a model without KV cache. Each [B, H, P, W]. */
    readonly past: readonly CacheTensors[];
    /** Inputs none of the above covers; whoever runs the model must know them. */
    readonly others: readonly string[];
  };
  /** By layer; empty for a model without KV cache. Each [B, H, P + T, W]. */
  readonly present: readonly CacheTensors[];
  /** Element type of the cache. */
  readonly cacheType?: ElementType;
  /** [B, T, V]; absent in models without an unembedding. */
  readonly logits?: string;
  /** Key/value heads H and their width W, where the file tells. */
  readonly kvHeads?: number;
  readonly headWidth?: number;
  /** Rows the model takes; `dynamic` for any number. */
  readonly batch: number | 'dynamic';
}

const pastName = /^past.*?(\d+).*?\b(key|value)$/;
const presentName = /^present.*?(\d+).*?\b(key|value)$/;

export function describeInterface(graph: Graph, ids: string): DecoderInterface {
  const names = [...graph.inputs.keys()].filter((name) => !graph.initializers.has(name));
  const past = cacheTensors(names, pastName);
  const present = cacheTensors([...graph.outputs.keys()], presentName);
  const attentionMask = names.find((name) => /attention_mask/.test(name));
  const positionIds = names.find((name) => /position_ids/.test(name));
  const known = new Set([
    ids,
    attentionMask,
    positionIds,
    ...past.flatMap((p) => [p.key, p.value]),
  ]);
  const cache = graph.inputs.get(past[0]?.key ?? '');
  const [, kvHeads, , headWidth] = staticDims(cache);
  const logits = graph.outputs.has('logits')
    ? 'logits'
    : [...graph.outputs.keys()].find((name) => /logits/i.test(name));
  const cacheType = elementTypeOf(cache?.type?.tensorType?.elemType);
  return {
    inputs: {
      ids,
      idsType: elementTypeOf(graph.inputs.get(ids)?.type?.tensorType?.elemType) ?? 'int64',
      ...(attentionMask === undefined ? {} : { attentionMask }),
      ...(positionIds === undefined ? {} : { positionIds }),
      past,
      others: names.filter((name) => !known.has(name)),
    },
    present,
    ...(cacheType === undefined ? {} : { cacheType }),
    ...(logits === undefined ? {} : { logits }),
    ...(kvHeads === undefined ? {} : { kvHeads }),
    ...(headWidth === undefined ? {} : { headWidth }),
    batch: staticDims(graph.inputs.get(ids))[0] ?? 'dynamic',
  };
}

function cacheTensors(names: readonly string[], pattern: RegExp): CacheTensors[] {
  const layers: { key: string; value: string }[] = [];
  for (const name of names) {
    const match = pattern.exec(name);
    if (match === null) continue;
    const layer = (layers[Number(match[1])] ??= { key: '', value: '' });
    layer[match[2] as 'key' | 'value'] = name;
  }
  return layers.filter(({ key, value }) => key !== '' && value !== '');
}

function staticDims(value: ValueInfoProto | undefined): (number | undefined)[] {
  return (value?.type?.tensorType?.shape?.dim ?? []).map((dim) => {
    const size = toNumber(dim.dimValue);
    return Object.hasOwn(dim, 'dimValue') && size > 0 ? size : undefined;
  });
}
