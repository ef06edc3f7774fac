// Does the overlay change the model? One forward pass through the untouched file and one through an overlay that reads
// and edits in the middle of the model, where the edit adds zero: the logits have to be the same, bit for bit. Where
// they are not, both are run once more as they are written, without onnxruntime's own rewriting of graphs, which tells
// its rounding from a mistake of ours. The sessions are open one after the other, never together, because each holds
// the weights.
import type { SelfTest } from '../../shared/diagnostics.ts';
import { MonosemError } from '../../shared/errors.ts';
import { widenHalf } from '../math/half.ts';
import { cacheSwitchFeeds } from '../onnx/decoder/mergedDecoder.ts';
import { bufferedInputs } from '../onnx/decoder/windowBuffers.ts';
import { Overlay } from '../onnx/overlay.ts';
import { openSession, type OnnxTensor, type OnnxTensors } from '../onnx/runtime/session.ts';
import type { OpenModel } from './openModel.ts';
import { Program } from './program.ts';
import { untimed, type Timer } from './timer.ts';

const names = { change: 'monosem.change', site: 'monosem.site' } as const;

/** Ordinary text: ids all over the vocabulary would say less about how the model is used. */
const text = 'The quick brown fox jumps over the lazy dog, and the dog does not mind.';

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
  const maxDifference = await compareOnce(model, ids, { time, breath });
  const tokens = ids.length;
  if (maxDifference === 0) return { isEqual: true, maxDifference, tokens, summary: same(tokens) };
  await breath();
  const summary = `The logits of ${tokens} tokens differ by up to ${maxDifference.toPrecision(2)} between the untouched file and the overlay without an edit: ${await explain(model, ids, breath)}`;
  return { isEqual: false, maxDifference, tokens, summary };
}

/** Why the two differ, and what follows. */
async function explain(
  model: OpenModel,
  ids: Uint32Array,
  breath: () => Promise<void>,
): Promise<string> {
  const execution = { ...model.execution, rewrites: false };
  const comparing = compareOnce({ ...model, execution }, ids, { time: untimed, breath });
  // Some graphs run only after they are rewritten; then there is no second comparison.
  const asWritten = await comparing.catch((error: unknown) => {
    if (MonosemError.is(error, 'runtimeFailed')) return NaN;
    throw error;
  });
  if (asWritten === 0) {
    return 'onnxruntime fuses the operators around a site differently, which rounds differently; without its fusions the two are the same, bit for bit.';
  }
  if (model.sites.sites.get(testedSite(model))?.elementType !== 'float32') {
    return 'the model computes in 16 bits, and onnxruntime rounds at other places when a value in between is read.';
  }
  return 'compare steered text with Monosem’s own baseline only, and please report the model.';
}

interface Pace {
  readonly time: Timer;
  readonly breath: () => Promise<void>;
}

/** Largest difference of a logit; 0 only when every bit is the same. */
async function compareOnce(
  model: OpenModel,
  ids: Uint32Array,
  { time, breath }: Pace,
): Promise<number> {
  const plain = await plainOutput(model, ids, time);
  await breath();
  const instrumented = await overlayOutput(model, ids, time);
  if (sameBytes(plain, instrumented)) return 0;
  return largestDifference(floatsOf(plain), floatsOf(instrumented));
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
  const { inputs: usual } = model.sites;
  const inputs = model.onnx.hasWindowBuffers ? bufferedInputs(usual, ids.length) : usual;
  const feeds = cacheSwitchFeeds(session, inputs.past.length > 0);
  return useProgram(new Program(session, inputs), async (program) => {
    const run = (): ReturnType<Program['run']> => program.run({ ids, batch: 1, feeds });
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

function testedSite({ sites }: OpenModel): string {
  return `blocks.${Math.floor(sites.layers / 2)}.hook_resid_post`;
}

function openEditedProgram(model: OpenModel): Promise<Program> {
  const overlay = new Overlay(model.onnx, model.sites);
  const { builder } = overlay;
  const site = testedSite(model);
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

function same(tokens: number): string {
  return `The logits of ${tokens} tokens are the same through the untouched file and through the overlay, bit for bit.`;
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
