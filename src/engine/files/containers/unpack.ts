// Compressed members of a zip archive, unpacked into one file beside it. Not into memory: onnxruntime maps weights
// from files, and an SAE can be larger than what is left of the memory. The work is done once; the file is named by
// the archive's own list of checksums, so that another archive of the same name gets another file.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import type { MonosemError } from '../../../shared/errors.ts';
import type { ByteFile } from '../byteFile.ts';
import { exists, fileSize, replaceAtomic } from '../files.ts';
import { damagedContainer, refusedContainer } from './tensorTable.ts';
import type { ZipDirectory, ZipMember } from './zip.ts';

/** Bytes of a member, wherever they lie uncompressed. */
export interface PlainMember {
  readonly name: string;
  readonly file: string;
  readonly offset: number;
  readonly size: number;
}

/** Trained weights shrink by a tenth. Members of a few MiB may be all zeros, as fresh biases are. */
const maxRatio = 100;
const freeBytes = 16 * 1024 * 1024;
/** All members together. */
const maxUnpackedBytes = 64 * 1024 ** 3;
const alignment = 64;
const chunkBytes = 1024 * 1024;

function expectNoBomb(what: string, file: string, members: readonly ZipMember[]): void {
  for (const { name, size, packedSize } of members) {
    if (size <= freeBytes || size <= packedSize * maxRatio) continue;
    throw refusedContainer(what, file, `${name} would grow from ${packedSize} to ${size} bytes`);
  }
  const total = members.reduce((sum, { size }) => sum + size, 0);
  if (total > maxUnpackedBytes) {
    throw refusedContainer(what, file, `it would unpack to ${total} bytes`);
  }
}

/** Streams one member; never writes more than it claims. */
async function inflateMember(
  source: { readonly what: string; readonly file: string },
  member: ZipMember,
  target: { readonly handle: FileHandle; readonly offset: number },
): Promise<void> {
  const { name, offset, packedSize, size } = member;
  const damaged = (problem: string): MonosemError =>
    damagedContainer(source.what, source.file, `${name} ${problem}`);
  if (packedSize === 0) throw damaged('is empty');
  let written = 0;
  let checksum = 0;
  const write = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of chunks) {
      if (written + chunk.length > size) throw damaged(`unpacks to more than ${size} bytes`);
      checksum = crc32(chunk, checksum);
      await target.handle.write(chunk, 0, chunk.length, target.offset + written);
      written += chunk.length;
    }
  };
  const packed = createReadStream(source.file, { start: offset, end: offset + packedSize - 1 });
  try {
    await pipeline(packed, createInflateRaw({ chunkSize: chunkBytes }), write);
  } catch (error) {
    const isZlib = error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
    throw isZlib ? damaged('cannot be unpacked') : error;
  }
  if (written !== size) throw damaged(`unpacks to ${written} bytes and claims ${size}`);
  if (checksum !== member.crc32) throw damaged('fails its checksum');
}

function layOut(members: readonly ZipMember[]): {
  readonly offsets: readonly number[];
  readonly end: number;
} {
  let end = 0;
  const offsets = members.map(({ size }) => {
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + size;
    return offset;
  });
  return { offsets, end };
}

/** Compares the checksum of a member that lies uncompressed in the archive. */
function checkStored(bytes: ByteFile, what: string, member: ZipMember): void {
  const buffer = new Uint8Array(Math.min(chunkBytes, member.size));
  let checksum = 0;
  for (let at = 0; at < member.size; at += buffer.length) {
    const part = buffer.subarray(0, Math.min(buffer.length, member.size - at));
    bytes.readInto(part, member.offset + at);
    checksum = crc32(part, checksum);
  }
  if (checksum === member.crc32) return;
  throw damagedContainer(what, bytes.file, `${member.name} fails its checksum`);
}

/**
 * Where the content of every member lies uncompressed: in the archive itself, or in a file beside it that is made
 * when it is not there yet. Every checksum is compared, of unpacked members when they are unpacked.
 * @param what names the archive in messages
 */
export async function plainMembers(
  bytes: ByteFile,
  what: string,
  { members, bytes: directory }: ZipDirectory,
): Promise<readonly PlainMember[]> {
  const { file } = bytes;
  const stored = members.filter(({ isDeflated }) => !isDeflated);
  const deflated = members.filter(({ isDeflated }) => isDeflated);
  for (const member of stored) checkStored(bytes, what, member);
  const inArchive = stored.map(({ name, offset, size }) => ({ name, file, offset, size }));
  if (deflated.length === 0) return inArchive;
  expectNoBomb(what, file, deflated);
  const { offsets, end } = layOut(deflated);
  const fingerprint = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  const unpacked = path.join(path.dirname(file), `.${path.basename(file)}.${fingerprint}.unpacked`);
  const whatUnpacked = 'The unpacked copy of the weights';
  if (!(await exists(unpacked)) || (await fileSize(unpacked, whatUnpacked)) !== end) {
    await replaceAtomic(unpacked, whatUnpacked, async (temporary) => {
      const handle = await open(temporary, 'wx');
      try {
        for (const [index, member] of deflated.entries()) {
          await inflateMember({ what, file }, member, { handle, offset: offsets[index] ?? 0 });
        }
      } finally {
        await handle.close();
      }
    });
  }
  const beside = deflated.map(({ name, size }, index) => ({
    name,
    file: unpacked,
    offset: offsets[index] ?? 0,
    size,
  }));
  return [...inArchive, ...beside];
}
