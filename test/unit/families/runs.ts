// Runs a golden file through the overlay: every site at once, in one go or in two through the KV cache.
import { Program, type BlockResult } from '../../../src/engine/model/program.ts';
import { Overlay } from '../../../src/engine/onnx/overlay.ts';
import { cacheSwitchFeeds } from '../../../src/engine/onnx/decoder/mergedDecoder.ts';
import { readDecoder, type DecoderModel } from '../../../src/engine/onnx/decoder/readDecoder.ts';
import { bufferedInputs } from '../../../src/engine/onnx/decoder/windowBuffers.ts';
import {
  openSession,
  type OnnxTensor,
  type OnnxTensors,
} from '../../../src/engine/onnx/runtime/session.ts';
import { readModelConfig } from '../../../src/engine/model/bundle/config.ts';
import { findSites } from '../../../src/engine/model/openModel.ts';
import type { Sites } from '../../../src/engine/onnx/sites/sites.ts';
import { goldenPath, type GoldenFile } from './goldens.ts';

const options = { threads: 1 };
const logitsName = 'monosem.logits';

export interface OpenGolden {
  readonly file: string;
  readonly model: DecoderModel;
  readonly sites: Sites;
}

export async function openGolden(golden: GoldenFile): Promise<OpenGolden> {
  const file = goldenPath(golden.file);
  const model = await readDecoder(file);
  const config = await readModelConfig(goldenPath(golden.family));
  return { file, model, sites: findSites(model, config) };
}

/** The model with an output per site, called as the site, and the logits. */
export async function openCapture({ model, sites }: OpenGolden): Promise<Program> {
  const overlay = new Overlay(model, sites);
  for (const name of sites.sites.keys()) overlay.builder.output(`site.${name}`, overlay.read(name));
  overlay.builder.output(logitsName, overlay.readLogits());
  overlay.keepCache();
  return Program.open(overlay, options);
}

/** What scripts/golden/edits.py does to a site: x becomes gain · x + shift. */
const edit = { gain: 1.5, shift: 0.25 };

/** The logits after the edit at one site at a time. */
export async function editedLogits(
  { model, sites }: OpenGolden,
  ids: Uint32Array,
  edited: readonly string[],
): Promise<Map<string, Float32Array>> {
  const overlay = new Overlay(model, sites);
  const { builder } = overlay;
  for (const name of edited) {
    const gain = builder.input(`gain.${name}`, 'float32', []);
    const shift = builder.input(`shift.${name}`, 'float32', []);
    overlay.replace(name, (x) => builder.op('Add', [builder.op('Mul', [x, gain]), shift]));
  }
  overlay.builder.output(logitsName, overlay.readLogits());
  const program = await Program.open(overlay, options);
  const logits = new Map<string, Float32Array>();
  try {
    for (const name of edited) {
      const feeds = Object.fromEntries(
        edited.flatMap((each) => [
          [`gain.${each}`, scalar(each === name ? edit.gain : 1)],
          [`shift.${each}`, scalar(each === name ? edit.shift : 0)],
        ]),
      );
      const { outputs } = await program.run({ ids, batch: 1, feeds });
      logits.set(name, floats(outputs[logitsName]));
    }
  } finally {
    program.dispose();
  }
  return logits;
}

function scalar(value: number): OnnxTensor {
  return { type: 'float32', dims: [], data: Float32Array.of(value) };
}

/** Values by site, and `logits`. */
export function captured({ outputs }: BlockResult, sites: Sites): Map<string, Float32Array> {
  const values = new Map(
    [...sites.sites.keys()].map((name) => [name, floats(outputs[`site.${name}`])]),
  );
  return values.set('logits', floats(outputs[logitsName]));
}

function floats(tensor: OnnxTensor | undefined): Float32Array {
  if (tensor?.type !== 'float32') throw new Error('no such float32 output');
  return tensor.data;
}

/** The logits of the untouched file, as it gives them out. */
export async function plainLogits(
  { file, model, sites }: OpenGolden,
  ids: Uint32Array,
): Promise<OnnxTensor> {
  const session = await openSession({ file }, options);
  const inputs = model.hasWindowBuffers ? bufferedInputs(sites.inputs, ids.length) : sites.inputs;
  return logitsOf(new Program(session, inputs), sites, {
    ids,
    feeds: cacheSwitchFeeds(session, sites.inputs.past.length > 0),
  });
}

/** The logits of the overlay with nothing read and nothing edited. */
export async function overlayLogits(
  { model, sites }: OpenGolden,
  ids: Uint32Array,
): Promise<OnnxTensor> {
  const overlay = new Overlay(model, sites);
  overlay.keepOutput(sites.logits ?? '');
  return logitsOf(await Program.open(overlay, options), sites, { ids });
}

async function logitsOf(
  program: Program,
  { logits = '' }: Sites,
  run: { readonly ids: Uint32Array; readonly feeds?: OnnxTensors },
): Promise<OnnxTensor> {
  try {
    const tensor = (await program.run({ ...run, batch: 1 })).outputs[logits];
    if (tensor === undefined) throw new Error('no logits');
    return tensor;
  } finally {
    program.dispose();
  }
}
