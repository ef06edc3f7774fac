// Where the external tensors of a model lie: makes their locations absolute, their offsets and lengths explicit, and
// checks that the bytes exist, inside the model's folder and as many as the shape needs. Offsets may be beyond 4 GB.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { withByteFile } from '../../files/byteFile.ts';
import { exists, fileSize, isFolder } from '../../files/files.ts';
import { bytesPerElement } from '../proto/elementType.ts';
import { mapTensors } from './externalData.ts';
import { foreignFile } from '../proto/foreignFile.ts';
import { shallowCopy, toNumber } from '../proto/schema.ts';
import type { ModelProto, TensorProto } from '../proto/schema.ts';
import { externalEntries, externalLocationOf } from '../proto/tensorProto.ts';

/** By absolute path: how many bytes the tensors in it need it to have. */
type Needed = Map<string, number>;

/**
 * The model with absolute locations; tensors that already lie in `file` itself stay as they are.
 * @throws MonosemError `fileMissing` or `fileDamaged`
 */
export async function resolveExternalData(proto: ModelProto, file: string): Promise<ModelProto> {
  const needed: Needed = new Map();
  const copy = shallowCopy(proto);
  copy.graph = mapTensors(proto.graph ?? {}, (tensor) => resolve(tensor, file, needed));
  for (const [location, bytes] of needed) await expectBytes(location, bytes, file);
  return copy;
}

async function expectBytes(location: string, needed: number, file: string): Promise<void> {
  if (!(await exists(location))) {
    throw new MonosemError(
      'fileMissing',
      `The weights of ${file} are missing: it keeps them in ${location}, which does not exist; download that file too and put it there.`,
    );
  }
  if (await isFolder(location)) throw damaged(file, `${location} is a folder, not a file`);
  const size = await fileSize(location, 'The external data of the ONNX model');
  if (size >= needed) return;
  const foreign = size === 0 ? undefined : await whatIs(location);
  throw (
    foreign ?? damaged(file, `${location} is cut short: it has ${size} bytes, ${needed} are needed`)
  );
}

/** The usual reason for a file that is far too short: a pointer or a page in its place. */
async function whatIs(location: string): Promise<MonosemError | undefined> {
  const foreign = await withByteFile(location, 'The external data of the ONNX model', foreignFile);
  return foreign === undefined
    ? undefined
    : new MonosemError(
        'fileDamaged',
        `The external data of the ONNX model cannot be read: ${location} is ${foreign.found}; ${foreign.next}.`,
      );
}

function damaged(file: string, problem: string): MonosemError {
  return new MonosemError(
    'fileDamaged',
    `The external data of ${file} cannot be used: ${problem}; download or export the model again.`,
  );
}

function resolve(tensor: TensorProto, file: string, needed: Needed): TensorProto {
  const location = externalLocationOf(tensor);
  if (location === file) return tensor;
  const name = tensor.name ?? '';
  if (location === undefined) {
    if (isExternal(tensor)) throw damaged(file, `tensor ${name} does not say which file it is in`);
    return tensor;
  }
  if (isOutside(location)) {
    throw new MonosemError(
      'fileDamaged',
      `The ONNX model ${file} refers to ${location} outside its own folder, which ONNX forbids; get the model from a source you trust.`,
    );
  }
  const absolute = path.resolve(path.dirname(file), location);
  const offset = sizeEntry(tensor, 'offset', file) ?? 0;
  const length = lengthOf(tensor, file);
  if (length === 0) return withoutElements(tensor);
  needed.set(absolute, Math.max(needed.get(absolute) ?? 0, offset + (length ?? 0)));
  const copy = shallowCopy(tensor);
  copy.externalData = externalEntries(absolute, offset, length ?? 0).filter(
    ({ key }) => length !== undefined || key !== 'length',
  );
  return copy;
}

/** onnxruntime takes a length of 0 for no length at all, and reads what it finds. */
function withoutElements(tensor: TensorProto): TensorProto {
  const inline = { externalData: [], dataLocation: 0, rawData: new Uint8Array(0) };
  return Object.assign(shallowCopy(tensor), inline);
}

function isExternal({ dataLocation, externalData }: TensorProto): boolean {
  return dataLocation === 1 || (externalData?.length ?? 0) > 0;
}

/** Absolute on any platform, or with a step upwards. */
function isOutside(location: string): boolean {
  const isAbsolute = path.posix.isAbsolute(location) || path.win32.isAbsolute(location);
  return isAbsolute || /^[a-z]:/i.test(location) || location.split(/[\\/]/).includes('..');
}

/** Bytes of the tensor: what its shape says, and what the file says where the elements are packed. */
function lengthOf(tensor: TensorProto, file: string): number | undefined {
  const stated = sizeEntry(tensor, 'length', file);
  const perElement = bytesPerElement(tensor.dataType);
  if (perElement === undefined) return stated;
  const elements = (tensor.dims ?? []).map(toNumber).reduce((a, b) => a * b, 1);
  const bytes = elements * perElement;
  if (stated !== undefined && stated !== bytes) {
    throw damaged(
      file,
      `tensor ${tensor.name ?? ''} has ${stated} bytes where its shape needs ${bytes}`,
    );
  }
  return bytes;
}

function sizeEntry(tensor: TensorProto, key: string, file: string): number | undefined {
  const text = tensor.externalData?.find((entry) => entry.key === key)?.value;
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw damaged(file, `tensor ${tensor.name ?? ''} has the ${key} "${text}", which is no size`);
}
