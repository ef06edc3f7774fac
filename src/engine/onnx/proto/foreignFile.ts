// What a file is that cannot be read as an ONNX model: the formats people download or rename by mistake, told by
// their first bytes. Looked at only after reading has failed.
import type { ByteFile } from '../../files/byteFile.ts';

/** A text for `FILE is …; …`. */
export interface ForeignFile {
  readonly found: string;
  readonly next: string;
}

const exported = 'choose the .onnx file or export the model to ONNX';
const headBytes = 4096;
/** Enough for every signature and for the white space before a page. */
const startBytes = 512;

/** Formats by the bytes they begin with, or have at `at`. */
const signatures: readonly (readonly [at: number, bytes: string, ForeignFile])[] = [
  [0, 'GGUF', { found: 'a GGUF file', next: exported }],
  [0, 'PK\x03\x04', { found: 'a zip archive, as PyTorch checkpoints are', next: exported }],
  [0, '\x80\x02', { found: 'a Python pickle, as old PyTorch checkpoints are', next: exported }],
  [0, '\x1f\x8b', { found: 'gzip-compressed', next: 'unpack it first' }],
  [0, '\x89HDF', { found: 'an HDF5 file', next: exported }],
  [4, 'TFL3', { found: 'a TensorFlow Lite model', next: exported }],
  [4, 'ORTM', { found: 'in the ORT format, which cannot be instrumented', next: exported }],
];

/** `undefined` for bytes that look like nothing known. */
export function foreignFile(bytes: ByteFile): ForeignFile | undefined {
  const head = bytes.read(0, Math.min(headBytes, bytes.size));
  const start = String.fromCharCode(...head.subarray(0, startBytes));
  const signature = signatures.find(([at, text]) => start.startsWith(text, at));
  return signature?.[2] ?? safetensors(head, bytes.size) ?? text(head, start);
}

/** Eight bytes with the length of a JSON header, then the header. */
function safetensors(head: Uint8Array, size: number): ForeignFile | undefined {
  if (head.length < 10 || head[8] !== 0x7b) return undefined;
  const length = new DataView(head.buffer, head.byteOffset).getBigUint64(0, true);
  return length <= BigInt(size) ? { found: 'a safetensors file', next: exported } : undefined;
}

/** Downloads that reserve their space and stop leave a file like this. Weights may begin with zeros, a model never. */
export function isZeros(bytes: ByteFile): boolean {
  return !bytes.read(0, Math.min(headBytes, bytes.size)).some((byte) => byte !== 0);
}

function text(head: Uint8Array, start: string): ForeignFile | undefined {
  if (start.startsWith('version https://git-lfs')) {
    return {
      found: 'only a Git LFS pointer to the model',
      next: 'run "git lfs pull" or download the file itself',
    };
  }
  if (/^\s*<(!doctype html|html|head|\?xml)/i.test(start)) {
    return {
      found: 'a web page, not an ONNX model',
      next: 'download the file itself, not its page',
    };
  }
  if (!isText(head)) return undefined;
  return { found: 'a text file, not an ONNX model', next: exported };
}

/** UTF-8 without control characters; the last character may be cut. */
function isText(head: Uint8Array): boolean {
  const isControl = (byte: number): boolean => byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d);
  if (head.some(isControl)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
