// Which .onnx files of a model folder can be its decoder, and which of them is taken. Looks at names, sizes and the
// presence of weight files; whether a file really is a decoder is for whoever opens it to find out.
import path from 'node:path';
import type { ModelVariant } from '../../../shared/engineProtocol.ts';
import { MonosemError } from '../../../shared/errors.ts';
import { exists, fileNames, fileSize, readJsonObject } from '../../files/files.ts';
import { externalDataFiles } from '../../onnx/externalData/dataFiles.ts';

interface Candidate {
  /** Relative to the folder, with `/`. */
  readonly variant: string;
  readonly description: string;
  /** The smaller, the earlier it is taken: by precision, then by kind of export, then by place. */
  readonly rank: number;
}

interface Weighed extends ModelVariant {
  /** Weight files that are named but not there. */
  readonly missing: readonly string[];
}

/**
 * Names of exports of a whole decoder, best first: one graph with KV cache; the merged export of old optimum; the one
 * without cache, which is slow but reads any text; the one that continues a cache and may have been traced for a
 * single new token.
 */
const exports = ['model', 'decoder_model_merged', 'decoder_model', 'decoder_with_past_model'];

/** What the rest of the name says, full precision first. */
const precisions: readonly (readonly [pattern: RegExp, description: string])[] = [
  [/^$|^fp32$|^optimized$|^o[123]$/, 'as exported'],
  [/^(fp16|f16|float16|o4)$/, 'half precision'],
  [/^(bf16|bfloat16)$/, 'bfloat16'],
  [/^(quantized|q8|q8f16)$|^q?u?int8|^(avx2|avx512|avx512_vnni|arm64)$/, '8-bit'],
  [/^(q4f16|int4f16)$/, '4-bit, half precision'],
  [/^(q4|q4f32|int4|bnb4|nf4|fp4)/, '4-bit'],
  [/^(q[123]|int[23])/, 'less than 4 bits'],
];
const unknownPrecision = precisions.length;

/** The other parts of models that also see, hear or encode. */
const otherParts =
  /(^|_)(encoder|vision|image|audio|speech|embed|embedding|embeddings|embed_tokens|projector|projection|tokenizer|detokenizer|vocoder|lm_head|cross)(_|$)/;

/** Where exports lie: optimum and transformers.js use `onnx/`, others the folder itself. */
const places = ['onnx/', ''];

/** @returns undefined for a file that is another part of the model, or no ONNX file */
function candidateOf(place: string, file: string): Candidate | undefined {
  if (!file.endsWith('.onnx') || file.startsWith('.')) return undefined;
  const name = file.slice(0, -'.onnx'.length).toLowerCase();
  // `decoder_model` is a prefix of `decoder_model_merged`: the longest one that fits counts.
  const base = exports
    .filter((known) => name === known || name.startsWith(`${known}_`))
    .reduce((longest, known) => (known.length > longest.length ? known : longest), '');
  if (base === '' && otherParts.test(name)) return undefined;
  const rest = name.slice(base.length + 1);
  const known = base === '' ? -1 : precisions.findIndex(([pattern]) => pattern.test(rest));
  const precision = known === -1 ? unknownPrecision : known;
  const kind = base === '' ? exports.length : exports.indexOf(base);
  return {
    variant: `${place}${file}`,
    description: precisions[precision]?.[1] ?? (base === '' ? 'named otherwise' : rest),
    rank: (precision * 10 + kind) * 10 + places.indexOf(place),
  };
}

/**
 * The variant that would be taken of a folder, told from names alone, as before a download.
 * @param files paths inside the folder, with `/`
 * @param wanted as {@link chooseVariant} takes it
 * @returns undefined when there is none
 */
export function variantAmong(files: readonly string[], wanted?: string): string | undefined {
  if (wanted !== undefined) {
    const models = files.filter((file) => file.endsWith('.onnx'));
    return (
      models.find((file) => file === wanted) ??
      models.find((file) => path.posix.basename(file) === wanted)
    );
  }
  return variantsAmong(files)[0]?.variant;
}

/**
 * The variants of a folder, told from names alone, the one that is taken when none is named first.
 * @param files paths inside the folder, with `/`
 */
export function variantsAmong(
  files: readonly string[],
): readonly Pick<Candidate, 'variant' | 'description'>[] {
  const found = files.flatMap((file) => {
    const base = path.posix.basename(file);
    const place = file.slice(0, -base.length);
    const candidate = places.includes(place) ? candidateOf(place, base) : undefined;
    return candidate === undefined ? [] : [candidate];
  });
  return found.sort((a, b) => a.rank - b.rank || (a.variant < b.variant ? -1 : 1));
}

/** The file that onnxruntime-genai's configuration names, if it is there. */
async function genaiFile(folder: string): Promise<string | undefined> {
  const file = path.join(folder, 'genai_config.json');
  if (!(await exists(file))) return undefined;
  const { model } = (await readJsonObject(file, 'The model configuration')) as {
    model?: { decoder?: { filename?: unknown } };
  };
  const name = model?.decoder?.filename;
  return typeof name === 'string' && (await exists(path.join(folder, name))) ? name : undefined;
}

/** Best first. */
async function candidates(folder: string): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const place of places) {
    for (const file of await fileNames(path.join(folder, place))) {
      const candidate = candidateOf(place, file);
      if (candidate !== undefined) found.push(candidate);
    }
  }
  const genai = await genaiFile(folder);
  const sorted = found
    .filter(({ variant }) => variant !== genai)
    .sort((a, b) => a.rank - b.rank || (a.variant < b.variant ? -1 : 1));
  return genai === undefined
    ? sorted
    : [{ variant: genai, description: 'named by genai_config.json', rank: -1 }, ...sorted];
}

/** Adds what the weights weigh, and which of them are missing. */
async function weigh(folder: string, { variant, description }: Candidate): Promise<Weighed> {
  const file = path.join(folder, variant);
  const missing: string[] = [];
  let bytes = await fileSize(file, 'The model');
  for (const location of await externalDataFiles(file)) {
    const data = path.resolve(path.dirname(file), location);
    if (await exists(data)) bytes += await fileSize(data, 'The weights of the model');
    else missing.push(location);
  }
  return { variant, description, bytes, missing };
}

function nothingFound(folder: string): MonosemError {
  return new MonosemError(
    'fileMissing',
    `No model was found in ${folder}: it needs onnx/model.onnx (or a variant such as model_quantized.onnx); check the folder or export the model with optimum.`,
  );
}

function incomplete(folder: string, { variant, missing }: Weighed): MonosemError {
  return new MonosemError(
    'fileMissing',
    `${variant} in ${folder} is not complete: its weights are in ${missing.join(', ')}, which is not there; download ${missing.length === 1 ? 'that file' : 'those files'} into the same folder.`,
  );
}

/**
 * The decoders of a model folder, the one that is taken when none is named first. The rule: what genai_config.json
 * names; else full precision before half, 8 bits and 4, because a feature's activation should depend on the model and
 * not on its compression; among equals `model`, `decoder_model_merged`, `decoder_model`, `decoder_with_past_model`;
 * `onnx/` before the folder itself; files of other names at the end. A file whose external data is missing comes last
 * and says so.
 * @throws MonosemError `fileMissing` when there is none
 */
export async function listVariants(folder: string): Promise<readonly ModelVariant[]> {
  const found = await candidates(folder);
  if (found.length === 0) throw nothingFound(folder);
  const weighed = await Promise.all(found.map((candidate) => weigh(folder, candidate)));
  const described = weighed.map(({ variant, description, bytes, missing }) => ({
    complete: missing.length === 0,
    listed: {
      variant,
      description:
        missing.length === 0 ? description : `${description}; ${missing.join(', ')} is missing`,
      bytes,
    },
  }));
  return [true, false].flatMap((complete) =>
    described.filter((entry) => entry.complete === complete).map(({ listed }) => listed),
  );
}

/** A variant as written by a user: a path inside the folder, or a file name that occurs there. */
async function named(folder: string, wanted: string): Promise<Candidate> {
  const variant = path.posix.normalize(wanted.replaceAll('\\', '/'));
  const found = await candidates(folder);
  const known =
    found.find((candidate) => candidate.variant === variant) ??
    found.find((candidate) => path.posix.basename(candidate.variant) === variant);
  if (known !== undefined) return known;
  const inside = path.relative(folder, path.resolve(folder, variant));
  const leaves = inside.startsWith('..') || path.isAbsolute(inside);
  if (!leaves && variant.endsWith('.onnx') && (await exists(path.join(folder, variant)))) {
    return { variant, description: 'named otherwise', rank: 0 };
  }
  if (found.length === 0) throw nothingFound(folder);
  const there = found.map((candidate) => candidate.variant).join(', ');
  throw new MonosemError(
    leaves ? 'badArgument' : 'fileMissing',
    leaves
      ? `The variant "${wanted}" is not inside ${folder}; name one of ${there}.`
      : `${folder} has no variant "${wanted}"; it has ${there}.`,
  );
}

/**
 * The variant to open: the wanted one, else the first complete one by the rule of {@link listVariants}.
 * @param wanted e.g. `onnx/model_q4.onnx` or `model_q4.onnx`
 * @returns relative to the folder, with `/`
 * @throws MonosemError `fileMissing` when it is not there or not complete, `badArgument` when it leaves the folder
 */
export async function chooseVariant(folder: string, wanted?: string): Promise<string> {
  if (wanted !== undefined) {
    const weighed = await weigh(folder, await named(folder, wanted));
    if (weighed.missing.length > 0) throw incomplete(folder, weighed);
    return weighed.variant;
  }
  let first: Weighed | undefined;
  for (const candidate of await candidates(folder)) {
    const weighed = await weigh(folder, candidate);
    if (weighed.missing.length === 0) return weighed.variant;
    first ??= weighed;
  }
  throw first === undefined ? nothingFound(folder) : incomplete(folder, first);
}
