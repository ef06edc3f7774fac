// Measures an SAE of the default model on text: sparsity and reconstruction at its site, and what the model loses
// with the reconstruction in place. Prints a Markdown table.
//
//   node scripts/train/evaluate.ts --text FILE [--stories N] [--splice N] [--sae FOLDER]
//   node scripts/train/evaluate.ts --tokens FILE …       held-out stories of a file of sampled ids
//                                                                                             (Node 24 or newer)
// A text file is cut into stories at lines <|endoftext|>; each becomes BOS + its first 255 tokens, the model's context.
// BOS is left out of every figure, and keeps its own residual when others are replaced. `--splice` limits the stories
// of the (slower) losses; the others use all of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SaeMeter } from '../../src/engine/evaluation/saeMeter.ts';
import { SpliceMeter } from '../../src/engine/evaluation/spliceLoss.ts';
import { openModel } from '../../src/engine/model/openModel.ts';
import { loadSaelens } from '../../src/engine/sae/formats/saelens.ts';
import { isHeldOut, readStories } from './tokenFile.ts';

const root = join(import.meta.dirname, '..', '..');
const modelFolder = join(root, 'models', 'stories15M');
const { values: options } = parseArgs({
  options: {
    text: { type: 'string' },
    tokens: { type: 'string' },
    stories: { type: 'string', default: '1000' },
    splice: { type: 'string', default: '1000' },
    sae: { type: 'string', default: join(modelFolder, 'saes', 'blocks.2.hook_resid_post') },
  },
});

const model = await openModel(modelFolder);
const sae = await loadSaelens(options.sae);
const { contextLength } = model.config;
const bosId = model.tokenizer.bosId ?? 1;

async function storiesOfText(file: string): Promise<Uint32Array[]> {
  const texts = readFileSync(file, 'utf8')
    .split('<|endoftext|>')
    .map((text) => text.trim())
    .filter((text) => text !== '');
  const stories: Uint32Array[] = [];
  for (const text of texts.slice(0, Number(options.stories))) {
    const { ids } = await model.tokenizer.encode(text);
    stories.push(Uint32Array.of(bosId, ...ids.subarray(0, contextLength - 1)));
  }
  return stories;
}

async function heldOutStories(file: string): Promise<Uint32Array[]> {
  const stories: Uint32Array[] = [];
  for await (const { index, ids } of readStories(file, 0)) {
    if (isHeldOut(index)) stories.push(ids);
    if (stories.length === Number(options.stories)) break;
  }
  return stories;
}

async function chosenStories(): Promise<Uint32Array[]> {
  if (options.text !== undefined) return storiesOfText(options.text);
  if (options.tokens !== undefined) return heldOutStories(options.tokens);
  throw new Error('Say what to measure on: --text FILE or --tokens FILE.');
}

const stories = await chosenStories();
const meter = await SaeMeter.open(model, sae);
for (const ids of stories) await meter.add(ids);
const reconstruction = meter.report();
meter.dispose();

const splice = await SpliceMeter.open(model, sae);
for (const ids of stories.slice(0, Number(options.splice))) await splice.add(ids);
const losses = splice.report();
splice.dispose();

const rows: readonly (readonly [string, number, number])[] = [
  ['tokens', reconstruction.tokens, 0],
  ['L0 (mean active features per token)', reconstruction.l0, 2],
  ['explained variance', reconstruction.explainedVariance, 4],
  ['explained variance, per-token legacy form', reconstruction.explainedVarianceLegacy, 4],
  ['mean squared error per element', reconstruction.mse, 5],
  ['cosine', reconstruction.cosine, 4],
  ['‖x̂‖ ÷ ‖x‖', reconstruction.l2Ratio, 4],
  ['features active on no token, %', 100 * reconstruction.deadShare, 2],
  ['features active on over 10 % of tokens', count((share) => share > 0.1), 0],
  ['predictions for the losses', losses.tokens, 0],
  ['CE, clean', losses.ceClean, 4],
  ['CE, with the SAE', losses.ceSae, 4],
  ['CE, with zeros', losses.ceZero, 4],
  ['CE loss score', losses.ceScore, 4],
  ['KL, with the SAE', losses.klSae, 4],
  ['KL score', losses.klScore, 4],
];

function count(test: (share: number) => boolean): number {
  return reconstruction.density.filter(test).length;
}

console.log('| figure | value |\n| --- | --- |');
for (const [name, value, digits] of rows) console.log(`| ${name} | ${value.toFixed(digits)} |`);
