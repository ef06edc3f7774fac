// Samples the text that the default model's SAE is trained on and that its feature store is built from, from the model
// itself at temperature 1.
//
//   node scripts/models/sampleStories.ts corpus   [--stories 640] [--processes 2]            (Node 24 or newer)
//   node scripts/models/sampleStories.ts training [--tokens 4270000] [--processes 2]
//
// corpus writes models/stories15M/corpus/stories.txt: stories over the whole vocabulary, a line `<|endoftext|>` after
// each one. On the way it adds up how probable every token is, and writes .cache/training/stories15M.likely.json: the
// fewest tokens that share all but 1e-4 of the probability.
// training writes .cache/training/stories15M.tokens.bin: ids as uint16 little-endian, nothing else; every story begins
// with BOS (1) and has at most 256 ids. Only likely tokens are drawn, which spares half of the arithmetic. The file
// grows by whole waves of stories, can be read while it does, and a run that was stopped continues where it was.
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Tokenizer } from 'tokenizers';
import { sampleWaves } from './stories15m/samplingWorkers.ts';
import { bosId } from './stories15m/tokenizer.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    stories: { type: 'string', default: '640' },
    tokens: { type: 'string', default: '4270000' },
    processes: { type: 'string', default: '2' },
  },
});
const rows = 128;
const processes = Number(options.processes);
const corpusSeed = 2;
const trainingSeed = 1;
const missingMass = 1e-4;
const vocabulary = 32_000;

const root = join(import.meta.dirname, '..', '..');
const modelFolder = join(root, 'models', 'stories15M');
const trainingFolder = join(root, '.cache', 'training');
const trainingFile = join(trainingFolder, 'stories15M.tokens.bin');
const likelyFile = join(trainingFolder, 'stories15M.likely.json');

/** Fewest tokens that hold all but `missingMass` of the probability, by id. */
function likelyTokens(mass: Float64Array): number[] {
  const order = Uint32Array.from(mass.keys()).sort((a, b) => (mass[b] ?? 0) - (mass[a] ?? 0));
  let rest = mass.reduce((sum, value) => sum + value, 0) * missingMass;
  let count = order.length;
  while (count > 1 && rest >= (mass[order[count - 1] ?? 0] ?? 0)) {
    count -= 1;
    rest -= mass[order[count] ?? 0] ?? 0;
  }
  return [...order.slice(0, count).sort()];
}

/** Cuts joined stories apart; BOS is dropped. */
function storiesOf(ids: Uint16Array): number[][] {
  const stories: number[][] = [];
  for (const id of ids) {
    if (id === bosId) stories.push([]);
    else stories.at(-1)?.push(id);
  }
  return stories;
}

async function sampleCorpus(): Promise<void> {
  const tokens = Uint32Array.from({ length: vocabulary }, (_, id) => id);
  const settings = { rows, seed: corpusSeed, tokens, measureMass: true };
  const stories: number[][] = [];
  // Each process reports its own running sum: the last one of each counts.
  const masses = new Map<number, Float64Array>();
  let wave = 0;
  for await (const { ids, probabilityMass } of sampleWaves(settings, processes)) {
    stories.push(...storiesOf(ids));
    masses.set(wave++ % processes, probabilityMass);
    console.log(`corpus: ${String(stories.length)} stories`);
    if (stories.length >= Number(options.stories)) break;
  }
  const tokenizer = Tokenizer.fromFile(join(modelFolder, 'tokenizer.json'));
  const texts = await tokenizer.decodeBatch(stories, false);
  mkdirSync(join(modelFolder, 'corpus'), { recursive: true });
  const lines = texts.map((text) => `${text.trimEnd()}\n<|endoftext|>\n`);
  writeFileSync(join(modelFolder, 'corpus', 'stories.txt'), lines.join(''));
  const total = new Float64Array(vocabulary);
  for (const mass of masses.values()) mass.forEach((value, id) => (total[id] = (total[id] ?? 0) + value));
  writeFileSync(likelyFile, `${JSON.stringify(likelyTokens(total))}\n`);
}

/** Tokens and whole waves of an earlier run. */
function alreadySampled(): { tokens: number; waves: number } {
  if (!existsSync(trainingFile)) return { tokens: 0, waves: 0 };
  const bytes = readFileSync(trainingFile);
  const ids = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  const stories = ids.reduce((count, id) => count + (id === bosId ? 1 : 0), 0);
  return { tokens: ids.length, waves: stories / rows };
}

async function sampleTraining(): Promise<void> {
  const tokens = Uint32Array.from(JSON.parse(readFileSync(likelyFile, 'utf8')) as number[]);
  const before = alreadySampled();
  const begin = performance.now();
  let written = before.tokens;
  const settings = { rows, seed: trainingSeed, tokens };
  for await (const { ids } of sampleWaves(settings, processes, before.waves)) {
    appendFileSync(trainingFile, new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength));
    written += ids.length;
    const perSecond = (written - before.tokens) / ((performance.now() - begin) / 1000);
    console.log(`training: ${String(written)} tokens, ${perSecond.toFixed(0)} per second`);
    if (written >= Number(options.tokens)) break;
  }
}

mkdirSync(trainingFolder, { recursive: true });
switch (positionals[0]) {
  case 'corpus':
    await sampleCorpus();
    break;
  case 'training':
    await sampleTraining();
    break;
  default:
    console.error('Say what to sample: corpus or training.');
    process.exitCode = 2;
}
