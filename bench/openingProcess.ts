// Run by opening.ts in a process of its own: makes the model, or opens it one way and writes an OpeningReport. What a
// side needs is loaded before its clock starts; the other side's code never is.
import type { OpeningReport, OpeningWork } from './opening.ts';

type Side = OpeningWork['side'];

/** One layer more than GPT-2 small, so that the weights are more than 500 MB. */
async function make({ folder, weights }: OpeningWork): Promise<object> {
  const { gpt2Small, writeDecoder } = await import('../test/fixtures/decoders.ts');
  const path = await import('node:path');
  const external =
    weights === 'external' ? { externalFile: path.join(folder, 'model.onnx_data') } : {};
  (await import('node:fs')).mkdirSync(folder, { recursive: true });
  writeDecoder(folder, { ...gpt2Small, layers: 13 }, { kind: 'gpt2', seed: 5, ...external });
  return {};
}

async function plain({ folder }: OpeningWork): Promise<OpeningReport> {
  const { openSession } = await import('../src/engine/onnx/runtime/session.ts');
  const start = performance.now();
  const session = await openSession({ file: `${folder}/model.onnx` });
  const report = measured(start);
  session.dispose();
  return report;
}

/** Parse, sites, an overlay that edits one site in the middle and keeps every output, session. */
async function overlaid({ folder }: OpeningWork): Promise<OpeningReport> {
  const { readOnnx } = await import('../src/engine/onnx/proto/protobuf.ts');
  const { discoverSites } = await import('../src/engine/onnx/sites/sites.ts');
  const { Overlay } = await import('../src/engine/onnx/overlay.ts');
  const { openSession } = await import('../src/engine/onnx/runtime/session.ts');
  const start = performance.now();
  const model = await readOnnx(`${folder}/model.onnx`);
  const overlay = new Overlay(model, discoverSites(model));
  const change = overlay.builder.input('change', 'float32', ['batch_size', 'sequence_length', 1]);
  overlay.replace('blocks.6.hook_resid_post', (x) => overlay.builder.op('Add', [x, change]));
  overlay.keepOutput('logits');
  overlay.keepCache();
  const session = await openSession(overlay.build());
  const report = measured(start);
  session.dispose();
  return report;
}

function measured(start: number): OpeningReport {
  return { ms: performance.now() - start, peak: process.resourceUsage().maxRSS * 1024 };
}

const sides: Readonly<Record<Side, (work: OpeningWork) => Promise<object>>> = {
  make,
  plain,
  overlaid,
};
const work = JSON.parse(process.argv[2] ?? '{}') as OpeningWork;
process.stdout.write(JSON.stringify(await sides[work.side](work)));
