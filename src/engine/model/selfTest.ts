// Does the overlay change the model? One forward pass through the untouched file and one through an overlay that reads
// and edits in the middle of the model, where the edit adds zero: the logits have to be the same, bit for bit on the
// processor. The two sessions are open one after the other, never together, because each holds the weights.
import type { SelfTest } from '../../shared/diagnostics.ts';
import { MonosemError } from '../../shared/errors.ts';
import { widenHalf } from '../math/half.ts';
import { Overlay } from '../onnx/overlay.ts';
import { openSession, type OnnxTensor, type OnnxTensors } from '../onnx/runtime/session.ts';
import type { OpenModel } from './openModel.ts';
import { Program } from './program.ts';
import type { Timer } from './timer.ts';

const names = { change: 'monosem.change', site: 'monosem.site' } as const;

/** Ordinary text: ids all over the vocabulary would say less about how the model is used. */
const text = 'The quick brown fox jumps over the lazy dog, and the dog does not mind.';

/** Tells a merged export to take its branch with KV cache, which is the one overlays are made from. */
const cacheBranch: OnnxTensors = {
  use_cache_branch: { type: 'bool', dims: [1], data: Uint8Array.of(1) },
};

/**
 * @param breath awaited between the two passes; whatever it throws ends the test
 * @throws MonosemError when the model cannot be opened or run
 */
export async function runSelfTest(
  model: OpenModel,
  time: Timer,
  breath: () => Promise<void>,
): Promise<SelfTest> {
  const ids = await testIds(model);
  const plain = await plainOutput(model, ids, time);
  await breath();
  const instrumented = await overlayOutput(model, ids, time);
  return compare(plain, instrumented, ids.length);
}

async function testIds({ tokenizer, config }: OpenModel): Promise<Uint32Array> {
  const { ids } = await tokenizer.encode(text);
  const { bosId } = tokenizer;
  const all = [...(bosId === undefined ? [] : [bosId]), ...ids];
  return Uint32Array.from(all.slice(0, config.contextLength));
}

/** The logits, or what a model without an unembedding puts out. */
function testedOutput({ sites, onnx }: OpenModel): string {
  const cache = new Set(sites.inputs.past.map(({ output }) => output));
  const others = (onnx.proto.graph?.output ?? []).map(({ name }) => name ?? '');
  const output = sites.logits ?? others.find((name) => !cache.has(name));
  if (output !== undefined) return output;
  throw new MonosemError('unsupportedModel', 'The model has no output besides its KV cache.');
}

async function plainOutput(model: OpenModel, ids: Uint32Array, time: Timer): Promise<OnnxTensor> {
  const session = await time('open the file in onnxruntime', () =>
    openSession({ file: model.onnxFile }, model.execution),
  );
  return useProgram(new Program(session, model.sites.inputs), async (program) => {
    const run = (): ReturnType<Program['run']> =>
      program.run({ ids, batch: 1, feeds: cacheBranch });
    const { outputs } = await time('run the file', run);
    return expectOutput(outputs, testedOutput(model));
  });
}

async function overlayOutput(model: OpenModel, ids: Uint32Array, time: Timer): Promise<OnnxTensor> {
  const program = await time('open the overlay', () => openEditedProgram(model));
  return useProgram(program, async () => {
    const dims = [1, ids.length, model.config.dModel];
    const data = new Float32Array(ids.length * model.config.dModel);
    const feeds = { [names.change]: { type: 'float32', dims, data } } as const;
    const { outputs } = await time('run the overlay', () => program.run({ ids, batch: 1, feeds }));
    return expectOutput(outputs, testedOutput(model));
  });
}

function openEditedProgram(model: OpenModel): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  const { builder } = overlay;
  const site = `blocks.${Math.floor(model.sites.layers / 2)}.hook_resid_post`;
  builder.output(names.site, overlay.read(site));
  overlay.replace(site, (x) => {
    const dims = ['batch', 'tokens', model.config.dModel];
    return builder.op('Add', [x, builder.input(names.change, 'float32', dims)]);
  });
  overlay.keepOutput(testedOutput(model));
  overlay.keepCache();
  return Program.open(overlay, model.execution);
}

async function useProgram<R>(program: Program, use: (program: Program) => Promise<R>): Promise<R> {
  try {
    return await use(program);
  } finally {
    program.dispose();
  }
}

function expectOutput(outputs: OnnxTensors, name: string): OnnxTensor {
  const output = outputs[name];
  if (output !== undefined) return output;
  throw new MonosemError('internal', `The model did not put out ${name}.`);
}

function compare(plain: OnnxTensor, instrumented: OnnxTensor, tokens: number): SelfTest {
  const isEqual = sameBytes(plain, instrumented);
  const maxDifference = isEqual ? 0 : largestDifference(floatsOf(plain), floatsOf(instrumented));
  const what = `The logits of ${tokens} tokens`;
  const summary = isEqual
    ? `${what} are the same through the untouched file and through the overlay, bit for bit.`
    : `${what} differ by up to ${maxDifference.toPrecision(2)} between the untouched file and the overlay without an edit: onnxruntime orders its arithmetic differently around the site, so compare steered text with Monosem’s own baseline only.`;
  return { isEqual, maxDifference, tokens, summary };
}

function sameBytes(a: OnnxTensor, b: OnnxTensor): boolean {
  const bytes = ({ data }: OnnxTensor): Buffer =>
    Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return a.type === b.type && bytes(a).equals(bytes(b));
}

function floatsOf({ type, data }: OnnxTensor): Float32Array {
  if (data instanceof Float32Array) return data;
  if (type === 'float16' && data instanceof Uint16Array) return widenHalf(data);
  return Float32Array.from(data as ArrayLike<number>);
}

/** NaN where one of them is no number, or where they are not of one size. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return NaN;
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? NaN))), 0);
}
