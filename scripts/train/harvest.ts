// Runs sampled stories through the model up to the SAE's site and keeps the activations, so that training can read
// them as often as it likes.
//
//   node scripts/train/harvest.ts [--tokens FILE]       (Node 24 or newer; follows a file that is being written)
//
// Writes .cache/training/stories15M.activations.f32 (rows to train on) and stories15M.heldOut.f32: float32
// little-endian, 288 numbers per token, BOS left out.
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openModel } from '../../src/engine/model/openModel.ts';
import { SiteReader } from '../../src/engine/model/siteReader.ts';
import { isHeldOut, readStories } from './tokenFile.ts';

const root = join(import.meta.dirname, '..', '..');
const cache = join(root, '.cache', 'training');
const { values: options } = parseArgs({
  options: { tokens: { type: 'string', default: join(cache, 'stories15M.tokens.bin') } },
});

const model = await openModel(join(root, 'models', 'stories15M'));
const reader = await SiteReader.open(model, 'blocks.2.hook_resid_post', { threads: 1 });
const training = openSync(join(cache, 'stories15M.activations.f32'), 'w');
const heldOut = openSync(join(cache, 'stories15M.heldOut.f32'), 'w');

const begin = performance.now();
let tokens = 0;
let stories = 0;
for await (const { index, ids } of readStories(options.tokens)) {
  if (ids.length < 2) continue;
  const { dims, data } = await reader.read(ids);
  // Row 0 is BOS: its residual has another length than all others and would dominate the mean (Gemma Scope,
  // arXiv 2408.05147, leaves it out too).
  const x = data.subarray(dims.at(-1));
  writeSync(
    isHeldOut(index) ? heldOut : training,
    new Uint8Array(x.buffer, x.byteOffset, x.byteLength),
  );
  tokens += ids.length - 1;
  stories += 1;
  if (stories % 500 === 0) {
    const perSecond = (tokens / (performance.now() - begin)) * 1000;
    console.log(
      `${String(stories)} stories, ${String(tokens)} tokens, ${perSecond.toFixed(0)} per second`,
    );
  }
}
reader.dispose();
