// The models the measurements run on: the embedded one, and a decoder of GPT-2 small's shape with random weights and
// a random SAE of 24,576 features, made once and kept in .cache/bench.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Engine } from '../src/engine/engine.ts';
import { TextTokenizer } from '../src/engine/tokenizer/tokenizer.ts';
import type { SaePlace, Source } from '../src/shared/engineProtocol.ts';
import { defaultModelFolder, defaultSaeFolder } from '../src/shared/defaults.ts';
import { cacheFolder, root } from '../scripts/setup/paths.mjs';
import { wordBundleFiles } from '../test/fixtures/bundle.ts';
import { gpt2Small, writeGpt2Small } from '../test/fixtures/decoders.ts';
import { writeSparseSae } from './sparseSae.ts';

export interface Subject {
  readonly name: string;
  readonly source: Source;
  /** The one SAE of the source. */
  readonly sae: SaePlace;
  /** Longer than any measurement needs. */
  readonly text: string;
  /** Tokens of a prompt behind which a slider is moved: 500, or what the model has room for. */
  readonly longPrompt: number;
  /** Tokens in the KV cache when decoding is measured. */
  readonly decodeBehind: number;
}

export const subjectNames = ['default', 'gpt2'] as const;
export type SubjectName = (typeof subjectNames)[number];

const seed = 11;
const features = 24_576;
const site = 'blocks.8.hook_resid_post';

export async function openSubject(name: SubjectName): Promise<Subject> {
  return name === 'default' ? embedded() : gpt2Shape();
}

function embedded(): Subject {
  const sae = path.join(root, defaultSaeFolder);
  const text = stories().slice(0, 20_000);
  const source = embeddedSource();
  return { name: 'stories15M', sae, source, text, decodeBehind: 128, longPrompt: 240 };
}

/** The embedded model with its SAE. */
export function embeddedSource(): Source {
  return {
    model: path.join(root, defaultModelFolder),
    saes: [path.join(root, defaultSaeFolder)],
  };
}

export function embeddedTokenizer(): Promise<TextTokenizer> {
  return TextTokenizer.load(path.join(root, defaultModelFolder));
}

/** 131,000 tokens of the embedded model. */
export function stories(): string {
  return readFileSync(path.join(root, defaultModelFolder, 'corpus', 'stories.txt'), 'utf8');
}

/** 1,500 words of one token each. */
function wordText(): string {
  return Array.from({ length: 1500 }, (_, i) => `w${1000 + ((i * 7919) % 40_000)}`).join(' ');
}

async function gpt2Shape(): Promise<Subject> {
  const model = path.join(cacheFolder, 'bench', 'gpt2-small-shape');
  const sae = path.join(model, 'sae');
  const text = wordText();
  if (!existsSync(sae)) await generate(model, text);
  return {
    name: 'GPT-2 small shape',
    sae,
    source: { model, saes: [sae] },
    text,
    decodeBehind: 256,
    longPrompt: 500,
  };
}

/** Under a temporary name until it is complete. */
async function generate(folder: string, text: string): Promise<void> {
  process.stderr.write(`Making a model of GPT-2 small's shape in ${folder} (650 MB, once) …\n`);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeGpt2Small(path.join(partial, 'onnx'), seed);
  for (const [name, value] of Object.entries(wordBundleFiles('gpt2', gpt2Small))) {
    writeFileSync(path.join(partial, name), JSON.stringify(value));
  }
  const engine = Engine.create();
  const model = { model: partial, provider: 'cpu' } as const;
  const x = await engine.activations({ model, site, text: text.slice(0, 1000) }, () => 0);
  await writeSparseSae(path.join(partial, 'sae'), { F: features, site, seed, x });
  renameSync(partial, folder);
}
