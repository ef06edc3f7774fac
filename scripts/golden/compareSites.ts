// Compares an .onnx file's sites, as the engine reads them, with reference values by site name:
//   node24 scripts/golden/compareSites.ts MODEL.onnx REFERENCE.safetensors
// The reference has `ids` (int64 [1, T]), `logits` and any sites [1, T, width]; smollm2.py writes one. Prints the
// relative error of each, the same behind a KV cache, whether the overlay keeps the logits' bits, and opening times.
import { readFileSync } from 'node:fs';
import { readSafetensors } from '../../src/engine/files/safetensors.ts';
import { readTensor } from '../../src/engine/files/tensorData.ts';
import { Program } from '../../src/engine/model/program.ts';
import { Overlay } from '../../src/engine/onnx/overlay.ts';
import { readOnnx } from '../../src/engine/onnx/proto/protobuf.ts';
import { openSession, type OnnxTensors } from '../../src/engine/onnx/runtime/session.ts';
import { discoverSites } from '../../src/engine/onnx/sites/sites.ts';

const options = { threads: 2 };
const [modelFile, referenceFile] = process.argv.slice(2);
if (modelFile === undefined || referenceFile === undefined) {
  throw new Error('usage: compareSites.ts MODEL.onnx REFERENCE.safetensors');
}

const { tensors } = await readSafetensors(referenceFile);
const reference = new Map<string, ArrayLike<number>>();
let ids = new Uint32Array();
for (const [name, stored] of tensors) {
  if (name !== 'ids') reference.set(name, (await readTensor(stored)).data);
  else {
    const bytes = readFileSync(stored.file).subarray(stored.offset, stored.offset + stored.length);
    ids = Uint32Array.from({ length: stored.length / 8 }, (_, i) =>
      Number(bytes.readBigInt64LE(i * 8)),
    );
  }
}

const started = performance.now();
const model = await readOnnx(modelFile);
const sites = discoverSites(model);
const logits = sites.logits ?? '';
const overlay = new Overlay(model, sites);
for (const name of reference.keys()) {
  if (name !== 'logits') overlay.builder.output(`site.${name}`, overlay.read(name));
}
overlay.builder.output('site.logits', overlay.readLogits());
overlay.keepOutput(logits);
overlay.keepCache();
const packed = overlay.build();
const prepared = performance.now();
const program = new Program(await openSession(packed, options), sites.inputs);
const opened = performance.now();
const plain = new Program(await openSession({ file: modelFile }, options), sites.inputs);
const plainOpened = performance.now();

const milliseconds = (from: number, to: number): string => `${(to - from).toFixed(0)} ms`;
console.log(
  `${modelFile}: ${sites.layers} layers, ${sites.sites.size} sites, overlay of ${packed.bytes.length} bytes`,
);
console.log(
  `parse and overlay ${milliseconds(started, prepared)}, its session ${milliseconds(prepared, opened)}, plain session ${milliseconds(opened, plainOpened)}`,
);

const whole = await program.run({ ids, batch: 1 });
const untouched = await plain.run({ ids, batch: 1 });
const sameBits = Buffer.compare(bytesOf(whole.outputs), bytesOf(untouched.outputs)) === 0;
console.log(
  `logits with every output kept, bit for bit those of the plain file: ${String(sameBits)}`,
);
report('in one run', whole.outputs, 0);
const half = ids.length >> 1;
const { cache } = await program.run({ ids: ids.subarray(0, half), batch: 1 });
if (cache !== undefined) {
  const second = await program.run({ ids: ids.subarray(half), batch: 1, cache });
  report('second half behind the KV cache', second.outputs, half / ids.length);
}
program.dispose();
plain.dispose();

function bytesOf(outputs: OnnxTensors): Uint8Array {
  const data = outputs[logits]?.data ?? new Uint8Array();
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** max |actual − expected| ÷ max |expected| of every site. @param from share of the tokens that is left out */
function report(what: string, outputs: OnnxTensors, from: number): void {
  const errors = [...reference].map(([name, all]): [string, number] => {
    const actual = outputs[`site.${name}`]?.data ?? [];
    const start = Math.round(all.length * from);
    if (actual.length !== all.length - start) return [name, Infinity];
    let [error, scale] = [0, 0];
    for (let i = 0; i < actual.length; i++) {
      const expected = all[start + i] ?? NaN;
      error = Math.max(error, Math.abs(Number(actual[i]) - expected));
      scale = Math.max(scale, Math.abs(expected));
    }
    return [name, error / scale];
  });
  const largest = Math.max(...errors.map(([, error]) => error));
  console.log(`${what}: largest relative error ${largest.toExponential(1)}`);
  for (const [name, error] of errors) console.log(`  ${name.padEnd(30)} ${error.toExponential(1)}`);
}
