// The inputs and outputs of a decoder that hold its KV cache, in the forms exporters give them.
import { MonosemError } from '../../../shared/errors.ts';
import type { Graph } from '../graph/graph.ts';
import { elementTypeOf } from '../proto/elementType.ts';
import { toNumber, type ValueInfoProto } from '../proto/schema.ts';

/** A dimension of a cache tensor: a fixed size, the rows B, or the tokens P of the cache. */
export type CacheDim = number | 'batch' | 'tokens';

/** Keys or values of one layer, or both: P tokens go in, P + T come out. */
export interface DecoderPast {
  readonly layer: number;
  /** e.g. `past_key_values.0.key` */
  readonly input: string;
  /** e.g. `present.0.key` */
  readonly output: string;
  readonly type: 'float32' | 'float16';
  /** e.g. [batch, heads, tokens, width]; keys and values in one are [2, batch, heads, tokens, width]. */
  readonly dims: readonly CacheDim[];
}

/** Sizes of the KV cache as the model's configuration has them, for files that leave them open. */
export interface CacheShape {
  /** Heads of keys and values. */
  readonly heads?: number | undefined;
  /** Width of a head. */
  readonly width?: number | undefined;
}

const pastPrefix = /^past(_key_values)?(?=\W|_)/;
const presentPrefix = /^present(_key_values)?(?=\W|_)/;

/**
 * By layer, keys before values; empty for a model without KV cache.
 * @throws MonosemError `unsupportedModel` when the cache is of another form
 */
export function findPast(
  graph: Graph,
  names: readonly string[],
  file: string,
  shape: CacheShape,
): DecoderPast[] {
  const present = byPlace(graph.outputs.keys(), presentPrefix);
  const past: DecoderPast[] = [];
  for (const [place, input] of byPlace(names, pastPrefix)) {
    const output = present.get(place);
    const info = graph.inputs.get(input);
    const type = elementTypeOf(info?.type?.tensorType?.elemType);
    const dims = cacheDims(info, shape);
    const isUsual = type === 'float32' || type === 'float16';
    if (output === undefined || dims === undefined || !isUsual) {
      throw new MonosemError(
        'unsupportedModel',
        `${file} is not supported: its cache input ${input} is not a float tensor [batch, heads, past, width] with a matching present output, whose heads and width the file or its config.json gives; export the model with a plain KV cache.`,
      );
    }
    past.push({ layer: Number(/\d+/.exec(place)?.[0]), input, output, type, dims });
  }
  return past.sort((a, b) => a.layer - b.layer || compare(a.input, b.input));
}

/** By code units: collation would cost more time than reading the file. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** What past and present have in common, such as `.3.key` → the name it is in. */
function byPlace(names: Iterable<string>, prefix: RegExp): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of names) {
    const place = name.replace(prefix, '');
    if (place !== name && /\d/.test(place)) found.set(place, name);
  }
  return found;
}

/** @returns undefined for a cache of unknown form, or with sizes that nobody tells */
function cacheDims(info: ValueInfoProto | undefined, shape: CacheShape): CacheDim[] | undefined {
  const sizes = staticDims(info);
  const [first, second, third, , fifth] = sizes;
  const separate = (heads = shape.heads, width = shape.width): (CacheDim | undefined)[] => [
    'batch',
    heads,
    'tokens',
    width,
  ];
  const forms: Readonly<Record<number, (CacheDim | undefined)[]>> = {
    3: ['batch', 'tokens', third],
    4: separate(second, sizes[3]),
    5: [first, ...separate(third, fifth)],
  };
  const known = forms[sizes.length]?.filter((dim) => dim !== undefined);
  return known?.length === sizes.length ? known : undefined;
}

export function staticDims(value: ValueInfoProto | undefined): (number | undefined)[] {
  return (value?.type?.tensorType?.shape?.dim ?? []).map((dim) => {
    const size = toNumber(dim.dimValue);
    return Object.hasOwn(dim, 'dimValue') && size > 0 ? size : undefined;
  });
}
