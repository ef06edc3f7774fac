// One trial of an execution provider: does it load, is it right on a tiny graph, is it right on the model's own first
// block, and how long does that take there and on the processor. It decides nothing.
import path from 'node:path';
import process from 'node:process';
import { MonosemError, messageOf } from '../../../shared/errors.ts';
import { exists } from '../../files/files.ts';
import { runtimeFolder, whyNotLoadable } from './nativeLibraries.ts';
import { listExecutionProviders, type SessionOptions } from './session.ts';
import { timeProduct, verifyTinyGraph } from './verificationGraph.ts';

/** Outcome of running a model's first block on a provider and on the processor. */
export interface BlockVerdict {
  /** Largest error of a token's vector relative to that vector's largest component. */
  readonly relativeError: number;
  /** What may be attributed to rounding. */
  readonly bound: number;
  /** Best of several runs, in milliseconds. */
  readonly milliseconds: number;
  readonly processorMilliseconds: number;
}

export interface BlockTest {
  /** @throws whatever opening or running the block there throws */
  readonly runFirstBlock: (target: SessionOptions) => Promise<BlockVerdict>;
}

export interface Trial {
  readonly outcome: 'works' | 'failed' | 'missing';
  /** One sentence. */
  readonly reason: string;
  /** Than the processor, on the first block. */
  readonly isSlower: boolean;
  /** The whole trial. */
  readonly milliseconds: number;
}

export type Finding = Omit<Trial, 'milliseconds'>;

/** A provider and one of its devices. */
export interface Candidate {
  readonly provider: string;
  readonly deviceId?: number;
  /** What it is called among people. */
  readonly name: string;
  /** It was asked for, so it is tried on the model however slow it is. */
  readonly isWanted: boolean;
}

/**
 * How much longer than the processor a plain product may take. Real devices are faster, or lose a few milliseconds
 * with copying, which is up to 30 times what a fast processor needs; a software renderer needs hundreds of times as long.
 */
const hopelessFactor = 50;

/** @param guard runs what may end the process */
export async function tryProvider(
  candidate: Candidate,
  model: BlockTest,
  guard: (work: () => Promise<Finding>) => Promise<Finding>,
): Promise<Trial> {
  const start = performance.now();
  const finding = (await findMissing(candidate)) ?? (await guard(() => verify(candidate, model)));
  return { ...finding, milliseconds: performance.now() - start };
}

const cudaLibrary = 'libonnxruntime_providers_cuda.so';

async function findMissing({ provider, name }: Candidate): Promise<Finding | undefined> {
  const found = listExecutionProviders().find((known) => known.name === provider);
  if (found === undefined) {
    return notThere(`onnxruntime has no ${name} on ${process.platform} ${process.arch}.`);
  }
  if (provider === 'cuda' && !(await exists(path.join(runtimeFolder(), cudaLibrary)))) {
    return notThere(`onnxruntime’s CUDA part is not installed: ${cudaLibrary} is not there.`);
  }
  // The graphics layer under WebGPU is asked only where it finds a loader: without one it writes warnings to stderr.
  if (provider === 'webgpu' && process.platform === 'linux') {
    const reason = whyNotLoadable('libvulkan.so.1');
    if (reason !== undefined) return notThere(`WebGPU needs the Vulkan loader (${reason}).`);
  }
  return undefined;
}

async function verify(candidate: Candidate, model: BlockTest): Promise<Finding> {
  const { name, isWanted, ...target } = candidate;
  try {
    const mistake = await verifyTinyGraph(target);
    if (mistake !== undefined) return failed(`${name} computes wrongly: ${mistake}.`);
    const hopeless = isWanted ? undefined : await findHopeless(name, target);
    if (hopeless !== undefined) return hopeless;
  } catch (error) {
    return whyNotOpened(target.provider, name, error);
  }
  try {
    return judge(name, await model.runFirstBlock(target));
  } catch (error) {
    return failed(`${name} could not run the model's first block: ${sentence(error)}`);
  }
}

/** Software that imitates a device is told by a product of two matrices, before it takes minutes over a model. */
async function findHopeless(name: string, target: SessionOptions): Promise<Finding | undefined> {
  const there = await timeProduct(target);
  const here = await timeProduct({ provider: 'cpu' });
  if (there <= hopelessFactor * here) return undefined;
  return {
    outcome: 'works',
    isSlower: true,
    reason: `${name} takes ${there.toFixed(0)} ms for a product of two matrices and the processor ${here.toFixed(1)} ms, as when software imitates a graphics card; it was not tried on the model.`,
  };
}

function judge(name: string, verdict: BlockVerdict): Finding {
  const { relativeError, bound, milliseconds, processorMilliseconds } = verdict;
  const error = relativeError.toExponential(1);
  if (!(relativeError <= bound)) {
    return failed(
      `${name} is off by ${error} on the model's first block, where rounding explains ${bound.toExponential(0)}.`,
    );
  }
  const isSlower = milliseconds > processorMilliseconds;
  const times = `${milliseconds.toFixed(1)} ms against ${processorMilliseconds.toFixed(1)} ms`;
  const comparison = isSlower ? 'slower' : 'no slower';
  return {
    outcome: 'works',
    isSlower,
    reason: `${name} is right on the model's first block (relative error ${error}) and ${comparison} than the processor (${times}).`,
  };
}

/** onnxruntime says only that a library did not load; the system's loader knows which one it missed. */
function whyNotOpened(provider: string, name: string, error: unknown): Finding {
  if (provider === 'cuda' && /load shared library/i.test(messageOf(error))) {
    const folder = runtimeFolder() + path.sep;
    const reason = whyNotLoadable(`${folder}${cudaLibrary}`);
    const detail = reason === undefined ? '' : ` (${reason.replace(folder, '')})`;
    return notThere(`onnxruntime could not load its ${name} libraries${detail}.`);
  }
  if (/no supported adapters|failed to get a webgpu adapter/i.test(messageOf(error))) {
    return notThere(`${name} found no graphics adapter with a driver.`);
  }
  return failed(`${name} could not run a small graph: ${sentence(error)}`);
}

/** WebGPU's shaders have 16-bit floats only where the adapter offers them. */
const needsHalf = /requires f16 but the device does not support it/;

/** What onnxruntime itself said: that the sentence around it names the model adds nothing here. */
function sentence(error: unknown): string {
  const text = messageOf(error instanceof MonosemError ? (error.cause ?? error) : error);
  if (needsHalf.test(text)) {
    return 'the graphics adapter has no 16-bit floats, which this file needs; a float32 variant of the model would do.';
  }
  const line = (text.split('\n')[0] ?? '').replace(/^Error: /, '').trim();
  return line.endsWith('.') ? line : `${line}.`;
}

function notThere(reason: string): Finding {
  return { outcome: 'missing', reason, isSlower: false };
}

function failed(reason: string): Finding {
  return { outcome: 'failed', reason, isSlower: false };
}
