// Run by openingSae.ts in a process of its own: makes a model and SAEs, or opens the large SAE one way and writes an
// OpeningReport. What a side needs is loaded before its clock starts; the other side's code never is.
import type { OpeningReport } from './opening.ts';
import type { SaeOpeningWork } from './openingSae.ts';

type Side = SaeOpeningWork['side'];

const [D, F] = [2304, 32_768];
const site = 'blocks.0.hook_resid_post';
const tokens = 16;
const topK = 5;
const limit = 32;

const files = (folder: string) => ({
  model: `${folder}/model`,
  small: `${folder}/small`,
  sae: `${folder}/sae`,
  plain: `${folder}/sae/encoder.onnx`,
});

/** A decoder as wide as Gemma 2 2B but otherwise tiny, a small SAE, the large one, and a graph of its encoder. */
async function make({ folder }: SaeOpeningWork): Promise<object> {
  const fs = await import('node:fs');
  const path = await import('node:path');
  const { wordBundleFiles } = await import('../test/fixtures/bundle.ts');
  const { tinyLlama, writeDecoder } = await import('../test/fixtures/decoders.ts');
  const { packModel } = await import('../src/engine/onnx/externalData/externalData.ts');
  const { GraphBuilder } = await import('../src/engine/onnx/graph/builder.ts');
  const { loadSae } = await import('../src/engine/sae/load.ts');
  const { emitTopFeatures } = await import('../src/engine/sae/subgraph/encode.ts');
  const { writeSparseSae } = await import('./sparseSae.ts');
  const { model, small, sae, plain } = files(folder);
  const shape = { ...tinyLlama, layers: 1, dModel: D };
  const externalFile = path.join(model, 'onnx', 'model.onnx_data');
  fs.mkdirSync(path.dirname(externalFile), { recursive: true });
  writeDecoder(path.dirname(externalFile), shape, { kind: 'llama', seed: 5, externalFile });
  for (const [name, value] of Object.entries(wordBundleFiles('llama', shape))) {
    fs.writeFileSync(path.join(model, name), JSON.stringify(value));
  }
  const x = { dims: [1, D], data: new Float32Array(D).fill(1) };
  await writeSparseSae(small, { F: 64, site, seed: 6, x });
  await writeSparseSae(sae, { F, site, seed: 7, x });
  const builder = new GraphBuilder();
  const input = builder.input('x', 'float32', [1, 'tokens', D]);
  const top = emitTopFeatures(builder, await loadSae(sae), input, limit);
  for (const [name, value] of Object.entries(top)) builder.output(name, String(value));
  fs.writeFileSync(plain, packModel(builder.build()).bytes);
  return { bytes: fs.statSync(path.join(sae, 'sae_weights.safetensors')).size };
}

async function plain({ folder }: SaeOpeningWork): Promise<OpeningReport> {
  const { openSession } = await import('../src/engine/onnx/runtime/session.ts');
  const data = new Float32Array(tokens * D).fill(1);
  const start = performance.now();
  const session = await openSession({ file: files(folder).plain });
  await session.run({ x: { type: 'float32', dims: [1, tokens, D], data } });
  const report = measured(start);
  session.dispose();
  return report;
}

/** The engine has analysed the text with another SAE before. */
async function engine({ folder }: SaeOpeningWork): Promise<OpeningReport> {
  const { Engine } = await import('../src/engine/engine.ts');
  const { model, small, sae } = files(folder);
  const opened = Engine.create();
  const text = Array.from({ length: tokens - 1 }, (_, i) => `w${10 + i}`).join(' ');
  const context = { signal: { aborted: false }, progress: (): void => undefined };
  const analyse = (place: string) =>
    opened.analyse({ source: { model, saes: [place] }, document: 'text', text, topK }, context);
  await analyse(small);
  const start = performance.now();
  await analyse(sae);
  const report = measured(start);
  await opened.dispose();
  return report;
}

function measured(start: number): OpeningReport {
  return { ms: performance.now() - start, peak: process.resourceUsage().maxRSS * 1024 };
}

const sides: Readonly<Record<Side, (work: SaeOpeningWork) => Promise<object>>> = {
  make,
  plain,
  engine,
};
const work = JSON.parse(process.argv[2] ?? '{}') as SaeOpeningWork;
process.stdout.write(JSON.stringify(await sides[work.side](work)));
