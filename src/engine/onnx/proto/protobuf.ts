// Reads .onnx files into structure without weights, and writes models. Large tensors stay where they are: in the
// .onnx file or in the external data file it names; both become references with absolute paths. Every way in which
// a file can fail to be a model gets its own sentence.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { withByteFile, type ByteFile } from '../../files/byteFile.ts';
import { fileSize } from '../../files/files.ts';
import { mapTensors } from './externalData.ts';
import { inlineCacheBranch } from '../graph/mergedDecoder.ts';
import type { OnnxModel } from './model.ts';
import { decodeModelProto, encodeModelProto, shallowCopy } from './schema.ts';
import type { ModelProto, TensorProto } from './schema.ts';
import { Skimmer } from './skim.ts';
import { externalEntries, externalLocationOf } from './tensorProto.ts';
import { WireError, WireReader } from './wire.ts';

const what = 'The ONNX model';

/**
 * A merged export is read as its branch with KV cache.
 * @throws MonosemError `fileMissing`, `fileUnreadable`, `fileDamaged`
 */
export async function readOnnx(file: string): Promise<OnnxModel> {
  const absolute = path.resolve(file);
  const proto = await withByteFile(absolute, what, (bytes) => decode(bytes));
  if ((proto.graph?.node?.length ?? 0) === 0) throw notOnnx(absolute);
  return { file: absolute, proto: await resolveLocations(inlineCacheBranch(proto), absolute) };
}

/** The model as a file's content. External references are written as they are. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  return encodeModelProto(model.proto);
}

function decode(bytes: ByteFile): ModelProto {
  if (bytes.size === 0) {
    throw damaged(`${what} is empty: ${bytes.file} has 0 bytes; download the file again.`);
  }
  const start = new TextDecoder('latin1').decode(bytes.read(0, Math.min(64, bytes.size)));
  if (start.startsWith('version https://git-lfs')) {
    throw damaged(
      `${what} is only a Git LFS pointer: ${bytes.file}; run "git lfs pull" or download the file itself.`,
    );
  }
  try {
    return decodeModelProto(new Skimmer(new WireReader(bytes), bytes.file).model());
  } catch (error) {
    if (error instanceof MonosemError) throw error;
    if (error instanceof WireError && error.needed !== undefined && looksLikeOnnx(bytes)) {
      throw damaged(
        `${what} is cut short: ${bytes.file} has ${bytes.size} bytes, at least ${error.needed} are needed; download the file again.`,
      );
    }
    throw notOnnx(bytes.file);
  }
}

/** Tells a model that ends too early from a file that never was one: models begin with their IR version. */
function looksLikeOnnx(bytes: ByteFile): boolean {
  const [tag, version] = bytes.read(0, Math.min(2, bytes.size));
  return tag === 0x08 && (version === undefined || version < 64);
}

function notOnnx(file: string): MonosemError {
  return damaged(
    `${what} cannot be read: ${file} is not an ONNX model or is damaged; choose an .onnx file or download it again.`,
  );
}

function damaged(message: string): MonosemError {
  return new MonosemError('fileDamaged', message);
}

/** Makes the locations of external tensors absolute and checks that their bytes exist. */
async function resolveLocations(proto: ModelProto, file: string): Promise<ModelProto> {
  const needed = new Map<string, number>();
  const copy = shallowCopy(proto);
  copy.graph = mapTensors(proto.graph ?? {}, (tensor) => resolveLocation(tensor, file, needed));
  for (const [location, bytes] of needed) {
    const size = await fileSize(location, 'The external data of the ONNX model');
    if (size < bytes) {
      throw damaged(
        `The external data of ${file} is cut short: ${location} has ${size} bytes, ${bytes} are needed; download the file again.`,
      );
    }
  }
  return copy;
}

function resolveLocation(
  tensor: TensorProto,
  file: string,
  needed: Map<string, number>,
): TensorProto {
  const location = externalLocationOf(tensor);
  if (location === undefined || location === file) return tensor;
  const absolute = path.resolve(path.dirname(file), location);
  if (path.isAbsolute(location) || location.split(/[\\/]/).includes('..')) {
    throw damaged(
      `${what} ${file} refers to ${location} outside its own folder, which ONNX forbids; get the model from a source you trust.`,
    );
  }
  const entry = (key: string): string | undefined =>
    tensor.externalData?.find((candidate) => candidate.key === key)?.value;
  const offset = Number(entry('offset') ?? 0);
  const length = entry('length');
  needed.set(absolute, Math.max(needed.get(absolute) ?? 0, offset + Number(length ?? 0)));
  const copy = shallowCopy(tensor);
  copy.externalData =
    length === undefined
      ? externalEntries(absolute, offset, 0).filter(({ key }) => key !== 'length')
      : externalEntries(absolute, offset, Number(length));
  return copy;
}
