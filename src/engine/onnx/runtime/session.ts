// The only door to onnxruntime. Opens a model, runs it on typed arrays, and turns the runtime's errors into
// sentences. `run` blocks its thread for the whole computation although it returns a promise; whoever needs the
// thread cuts the work into pieces.
import process from 'node:process';
import * as ort from 'onnxruntime-node';
import type { Disposable } from '../../../shared/disposable.ts';
import { MonosemError, messageOf } from '../../../shared/errors.ts';
import { elementCount } from '../../../shared/tensor.ts';
import type { PackedModel } from '../externalData/externalData.ts';

/** Element types that cross the door, with the typed arrays that hold them; float16 as bits. */
interface DataTypes {
  float32: Float32Array;
  float16: Uint16Array;
  int64: BigInt64Array;
  int32: Int32Array;
  int8: Int8Array;
  uint8: Uint8Array;
  bool: Uint8Array;
}
export type OnnxType = keyof DataTypes;

/** A tensor as it goes into and comes out of a session; `data.length` is the product of `dims`. */
export type OnnxTensor<Type extends OnnxType = OnnxType> = {
  readonly [Each in Type]: {
    readonly type: Each;
    readonly dims: readonly number[];
    readonly data: DataTypes[Each];
  };
}[Type];

export type OnnxTensors = Readonly<Record<string, OnnxTensor>>;

export interface SessionOptions {
  /** Execution provider, `cpu` by default; see executionProviders.ts. */
  readonly provider?: string;
  /** Which device of that provider, where it lets one choose; the first by default. */
  readonly deviceId?: number;
  /** Threads inside one operator; onnxruntime's default is one per physical core. */
  readonly threads?: number;
  /** Whether onnxruntime may rewrite the graph, which it does by default: it fuses operators and orders sums anew. */
  readonly rewrites?: boolean;
}

/** An input or output of the model. */
export interface SessionValue {
  readonly name: string;
  readonly type: string;
  /** Sizes, or names where a size is known only at run time. */
  readonly dims: readonly (number | string)[];
}

/** A model without tensors in files may come as bytes alone, with folder ''. */
export type SessionSource = Pick<PackedModel, 'bytes' | 'folder'> | { readonly file: string };

// Warnings about graph details are of no use to anyone here; errors arrive as exceptions too.
ort.env.logLevel = 'fatal';
const fatalOnly = 4;
keepHalfPrecisionAsBits();

export async function openSession(
  source: SessionSource,
  options: SessionOptions = {},
): Promise<Session> {
  const provider = options.provider ?? 'cpu';
  expectProvider(provider);
  const settings: ort.InferenceSession.SessionOptions = {
    ...providerSettings(provider, options.deviceId),
    logSeverityLevel: fatalOnly,
    ...(options.threads === undefined ? {} : { intraOpNumThreads: options.threads }),
    ...(options.rewrites === false ? { graphOptimizationLevel: 'disabled' } : {}),
  };
  try {
    if ('file' in source) {
      return new Session(await ort.InferenceSession.create(source.file, settings), whereIs(source));
    }
    if (source.folder !== '') {
      settings.extra = {
        session: { model_external_initializers_file_folder_path: source.folder },
      };
    }
    return new Session(await ort.InferenceSession.create(source.bytes, settings), whereIs(source));
  } catch (error) {
    const where = whereIs(source);
    throw new MonosemError(
      'runtimeFailed',
      `onnxruntime could not open ${where} on ${provider}: ${firstLine(error)}; check that the model runs in plain onnxruntime.`,
      { cause: error },
    );
  }
}

/** Whether onnxruntime lets one choose among the devices of a provider; elsewhere a device id is ignored or refused. */
export function canChooseDevice(provider: string): provider is 'cuda' | 'dml' {
  return provider === 'cuda' || provider === 'dml';
}

function providerSettings(
  provider: string,
  deviceId: number | undefined,
): ort.InferenceSession.SessionOptions {
  if (provider === 'cuda') askForSinglePrecision();
  const chosen =
    deviceId === undefined || !canChooseDevice(provider) ? provider : { name: provider, deviceId };
  return {
    executionProviders: [chosen],
    // onnxruntime's documentation asks for both on DirectML, which can do with neither.
    ...(provider === 'dml' ? { enableMemPattern: false, executionMode: 'sequential' } : {}),
  };
}

/**
 * NVIDIA's libraries multiply float32 in TF32, with 10 bits of mantissa, unless this variable says no: figures would
 * differ in the third digit from everybody else's. They read it when they are loaded; what the user has set stays.
 */
function askForSinglePrecision(): void {
  process.env['NVIDIA_TF32_OVERRIDE'] ??= '0';
}

/** @throws MonosemError `providerMissing` */
function expectProvider(provider: string): void {
  const names = listExecutionProviders().map(({ name }) => name);
  if (names.includes(provider)) return;
  throw new MonosemError(
    'providerMissing',
    `The execution provider ${provider} does not exist on this platform; choose one of ${names.join(', ')}.`,
  );
}

function whereIs(source: SessionSource): string {
  if ('file' in source) return source.file;
  return source.folder === '' ? 'a model made in memory' : `the model in ${source.folder}`;
}

export class Session implements Disposable {
  readonly inputs: readonly SessionValue[];
  readonly outputs: readonly SessionValue[];
  readonly #session: ort.InferenceSession;
  readonly #where: string;
  #isDisposed = false;

  constructor(session: ort.InferenceSession, where: string) {
    this.#session = session;
    this.#where = where;
    this.inputs = session.inputMetadata.map(describe);
    this.outputs = session.outputMetadata.map(describe);
  }

  hasInput(name: string): boolean {
    return this.inputs.some((input) => input.name === name);
  }

  /**
   * Feeds that this graph does not take are ignored: pruning removes inputs that nothing needs.
   * @param outputs names of the outputs to compute, all by default; or tensors that receive them, whose `data` is
   *   then filled and returned
   * @throws MonosemError `runtimeFailed`
   */
  async run(feeds: OnnxTensors, outputs?: readonly string[] | OnnxTensors): Promise<OnnxTensors> {
    const inputs: Record<string, ort.Tensor> = {};
    for (const { name } of this.inputs) {
      const feed = feeds[name];
      if (feed === undefined) throw this.#failed(`its input ${name} was not given`);
      inputs[name] = toRuntime(name, feed);
    }
    try {
      const results = await this.#run(inputs, outputs);
      if (outputs !== undefined && !isNames(outputs)) return outputs;
      return Object.fromEntries(
        Object.entries(results).map(([name, value]) => [name, fromRuntime(name, value)]),
      );
    } catch (error) {
      if (error instanceof MonosemError) throw error;
      throw this.#failed(firstLine(error), error);
    }
  }

  /** Frees the native session. Safe to call twice. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    // Releasing is synchronous in the native layer; there is nothing to wait for or to report.
    void this.#session.release().catch(() => undefined);
  }

  #run(
    inputs: Record<string, ort.Tensor>,
    outputs: readonly string[] | OnnxTensors | undefined,
  ): Promise<ort.InferenceSession.OnnxValueMapType> {
    if (this.#isDisposed) throw this.#failed('it was already closed');
    if (outputs === undefined) return this.#session.run(inputs);
    if (isNames(outputs)) return this.#session.run(inputs, outputs);
    const targets = Object.entries(outputs).map(([name, tensor]) => [
      name,
      toRuntime(name, tensor),
    ]);
    return this.#session.run(
      inputs,
      Object.fromEntries(targets) as ort.InferenceSession.OnnxValueMapType,
    );
  }

  #failed(reason: string, cause?: unknown): MonosemError {
    const sizes = this.inputs.map(({ name, dims }) => `${name} [${dims.join(', ')}]`).join(', ');
    return new MonosemError(
      'runtimeFailed',
      `onnxruntime could not run ${this.#where}: ${reason}; its inputs are ${sizes}.`,
      { cause },
    );
  }
}

function isNames(outputs: readonly string[] | OnnxTensors): outputs is readonly string[] {
  return Array.isArray(outputs);
}

function describe(value: ort.InferenceSession.ValueMetadata): SessionValue {
  return value.isTensor
    ? { name: value.name, type: value.type, dims: value.shape }
    : { name: value.name, type: 'other', dims: [] };
}

/**
 * The binding of onnxruntime-node 1.30 finds no bytes in a Float16Array, yet onnxruntime-common turns half precision
 * into one wherever the platform has that type. It looks once, for the first tensor: made while the type is hidden,
 * half precision stays a Uint16Array, which the binding reads.
 */
function keepHalfPrecisionAsBits(): void {
  const hidden = Object.getOwnPropertyDescriptor(globalThis, 'Float16Array');
  if (hidden === undefined) return;
  Reflect.deleteProperty(globalThis, 'Float16Array');
  try {
    new ort.Tensor('float16', new Uint16Array(1), [1]).dispose();
  } finally {
    Object.defineProperty(globalThis, 'Float16Array', hidden);
  }
}

function toRuntime(name: string, { type, dims, data }: OnnxTensor): ort.Tensor {
  if (elementCount(dims) !== data.length) {
    throw new MonosemError(
      'badShape',
      `${name} has ${data.length} elements where [${dims.join(', ')}] is expected.`,
    );
  }
  return new ort.Tensor(type, data as never, dims);
}

function fromRuntime(name: string, { type, dims, data }: ort.Tensor): OnnxTensor {
  switch (type) {
    case 'float16': {
      const bits = data as Uint16Array;
      return { type, dims, data: new Uint16Array(bits.buffer, bits.byteOffset, bits.length) };
    }
    case 'float32':
    case 'int64':
    case 'int32':
    case 'int8':
    case 'uint8':
    case 'bool':
      return { type, dims, data: data as DataTypes[typeof type] } as OnnxTensor;
    default:
      throw new MonosemError(
        'runtimeFailed',
        `Output ${name} has element type ${type}, which is not supported; leave it out.`,
      );
  }
}

/** onnxruntime's messages begin with where in its source they arose; what follows the last prefix is for people. */
function firstLine(error: unknown): string {
  const line = messageOf(error).split('\n')[0] ?? '';
  return line.replace(/^Error: /, '').replace(/\.$/, '');
}

/** An execution provider the installed onnxruntime knows on this platform. */
export interface ExecutionProvider {
  readonly name: string;
  /** It comes with the package; others need libraries of their own. */
  readonly isBundled: boolean;
}

export function listExecutionProviders(): ExecutionProvider[] {
  return ort.listSupportedBackends().map(({ name, bundled }) => ({ name, isBundled: bundled }));
}

/** Of the native library. */
export function runtimeVersion(): string {
  return ort.env.versions.node ?? ort.env.versions.common;
}
