// Reads .onnx files into structure without weights, and writes models. Large tensors stay where they are: in the
// .onnx file or in the external data file it names; both become references with absolute paths. Every way in which
// a file can fail to be a model gets its own sentence.
import path from 'node:path';
import { MonosemError } from '../../../shared/errors.ts';
import { withByteFile, type ByteFile } from '../../files/byteFile.ts';
import { resolveExternalData } from '../externalData/externalLocations.ts';
import { foreignFile, isZeros } from './foreignFile.ts';
import type { OnnxModel } from './model.ts';
import { decodeModelProto, encodeModelProto } from './schema.ts';
import type { ModelProto } from './schema.ts';
import { Skimmer } from './skim.ts';
import { WireError, WireReader } from './wire.ts';

const what = 'The ONNX model';

/**
 * A merged export is read as its branch with KV cache.
 * @throws MonosemError `fileMissing`, `fileUnreadable`, `fileDamaged`
 */
export async function readOnnx(file: string): Promise<OnnxModel> {
  const absolute = path.resolve(file);
  const proto = await withByteFile(absolute, what, (bytes) => {
    const decoded = decode(bytes);
    if ((decoded.graph?.node?.length ?? 0) === 0) throw notOnnx(bytes);
    return decoded;
  });
  return { file: absolute, proto: await resolveExternalData(proto, absolute) };
}

/** The model as a file's content. External references are written as they are. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  return encodeModelProto(model.proto);
}

function decode(bytes: ByteFile): ModelProto {
  if (bytes.size === 0) {
    throw damaged(`${what} is empty: ${bytes.file} has 0 bytes; download the file again.`);
  }
  try {
    return decodeModelProto(new Skimmer(new WireReader(bytes), bytes.file).model());
  } catch (error) {
    if (error instanceof MonosemError) throw error;
    if (foreignFile(bytes) !== undefined) throw notOnnx(bytes);
    if (error instanceof WireError && error.needed !== undefined && looksLikeOnnx(bytes)) {
      throw damaged(
        `${what} is cut short: ${bytes.file} has ${bytes.size} bytes, at least ${error.needed} are needed; download the file again.`,
      );
    }
    throw notOnnx(bytes);
  }
}

/** Tells a model that ends too early from a file that never was one: models begin with their IR version. */
function looksLikeOnnx(bytes: ByteFile): boolean {
  const [tag, version] = bytes.read(0, Math.min(2, bytes.size));
  return tag === 0x08 && (version === undefined || version < 64);
}

function notOnnx(bytes: ByteFile): MonosemError {
  const { found, next } = foreignFile(bytes) ?? {
    found: isZeros(bytes)
      ? 'full of zero bytes, not an ONNX model'
      : 'not an ONNX model or is damaged',
    next: 'choose an .onnx file or download it again',
  };
  return damaged(`${what} cannot be read: ${bytes.file} is ${found}; ${next}.`);
}

function damaged(message: string): MonosemError {
  return new MonosemError('fileDamaged', message);
}
