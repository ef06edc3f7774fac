// Samples the text that the default model's SAE is trained on and that its feature store is built from, from the model
// itself at temperature 1.
//
//   node scripts/models/sampleStories.ts [--stories 640] [--tokens 4600000] [--threads 2]      (Node 24 or newer)
//
// 1. models/stories15M/corpus/stories.txt: `stories` stories over the whole vocabulary, a line `<|endoftext|>` after
//    each one. On the way it adds up how probable every token is.
// 2. .cache/training/stories15M.tokens.bin: at least `tokens` ids, uint16 little-endian, nothing else; every story
//    begins with BOS (1) and has at most 256 ids. It grows wave by wave and can be read while it does. Only tokens
//    that share all but 1e-4 of the probability seen in step 1 are drawn, which spares half of the arithmetic.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Tokenizer } from 'tokenizers';
import { readCheckpoint } from './stories15m/checkpoint.ts';
import { fetchSource } from './stories15m/source.ts';
import { StorySampler } from './stories15m/storySampler.ts';

const { values: options } = parseArgs({
  options: {
    stories: { type: 'string', default: '640' },
    tokens: { type: 'string', default: '4600000' },
    threads: { type: 'string', default: '2' },
  },
});
const rows = 128;
const threads = Number(options.threads);
const corpusSeed = 2;
const trainingSeed = 1;
const missingMass = 1e-4;

const root = join(import.meta.dirname, '..', '..');
const modelFolder = join(root, 'models', 'stories15M');
const trainingFolder = join(root, '.cache', 'training');
const trainingFile = join(trainingFolder, 'stories15M.tokens.bin');
const checkpoint = readCheckpoint(fetchSource(join(root, '.cache', 'models')).checkpoint);

/** Fewest tokens that hold all but `missingMass` of the probability, by id. */
function likelyTokens(mass: Float64Array): Uint32Array {
  const order = Uint32Array.from(mass.keys()).sort((a, b) => (mass[b] ?? 0) - (mass[a] ?? 0));
  let rest = mass.reduce((sum, value) => sum + value, 0) * missingMass;
  let count = order.length;
  while (count > 1 && rest >= (mass[order[count - 1] ?? 0] ?? 0)) {
    count -= 1;
    rest -= mass[order[count] ?? 0] ?? 0;
  }
  return order.slice(0, count).sort();
}

async function sampleCorpus(): Promise<Uint32Array> {
  const tokens = Uint32Array.from({ length: checkpoint.shape.vocabulary }, (_, id) => id);
  const settings = { rows, threads, seed: corpusSeed, tokens };
  const sampler = await StorySampler.open(checkpoint, settings);
  const stories: number[][] = [];
  while (stories.length < Number(options.stories)) {
    stories.push(...(await sampler.wave(true)));
    console.log(`corpus: ${String(stories.length)} stories`);
  }
  const tokenizer = Tokenizer.fromFile(join(modelFolder, 'tokenizer.json'));
  const texts = await tokenizer.decodeBatch(
    stories.map((ids) => ids.slice(1)),
    false,
  );
  mkdirSync(join(modelFolder, 'corpus'), { recursive: true });
  const lines = texts.map((text) => `${text.trimEnd()}\n<|endoftext|>\n`);
  writeFileSync(join(modelFolder, 'corpus', 'stories.txt'), lines.join(''));
  return likelyTokens(sampler.probabilityMass);
}

async function sampleTraining(tokens: Uint32Array): Promise<void> {
  const settings = { rows, threads, seed: trainingSeed, tokens };
  const sampler = await StorySampler.open(checkpoint, settings);
  mkdirSync(trainingFolder, { recursive: true });
  writeFileSync(trainingFile, '');
  const begin = performance.now();
  let written = 0;
  while (written < Number(options.tokens)) {
    const ids = Uint16Array.from((await sampler.wave()).flat());
    appendFileSync(trainingFile, new Uint8Array(ids.buffer));
    written += ids.length;
    const perSecond = written / ((performance.now() - begin) / 1000);
    console.log(`training: ${String(written)} tokens, ${perSecond.toFixed(0)} per second`);
  }
}

const tokens = await sampleCorpus();
console.log(`${String(tokens.length)} tokens hold all but ${String(missingMass)} of the probability`);
await sampleTraining(tokens);
