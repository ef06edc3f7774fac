// The directory of a zip archive, read by file position: where each member's bytes lie, nothing unpacked. Strict on
// purpose: whatever two readers could understand differently is refused, because weights are trusted by their hash.
// Format: PKWARE APPNOTE 6.3.10, sections 4.3 (records) and 4.5.3 (zip64).
import type { ByteFile } from '../byteFile.ts';
import { damagedContainer, refusedContainer } from './tensorTable.ts';

export interface ZipMember {
  readonly name: string;
  readonly isDeflated: boolean;
  readonly crc32: number;
  /** Bytes in the archive. */
  readonly packedSize: number;
  /** Bytes of the content. */
  readonly size: number;
  /** Bytes from the start of the archive to those of the member. */
  readonly offset: number;
}

export interface ZipDirectory {
  readonly members: readonly ZipMember[];
  /** The central directory as it is: names, sizes and checksums of everything inside. */
  readonly bytes: Uint8Array;
}

interface DirectoryRange {
  readonly count: number;
  readonly offset: number;
  readonly size: number;
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly packedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

const maxMembers = 100_000;
const maxDirectoryBytes = 32 * 1024 * 1024;
const maxNameLength = 200;
const endSize = 22;
const maxCommentBytes = 0xffff;
const end64Size = 56;
const locatorSize = 20;
const entrySize = 46;
const headerSize = 30;
const signatures = { end: 0x06054b50, end64: 0x06064b50, locator: 0x07064b50 } as const;
const entrySignature = 0x02014b50;
const headerSignature = 0x04034b50;
const full16 = 0xffff;
const full32 = 0xffffffff;

/** Whether a file begins as a zip archive with members does. */
export function isZip(bytes: ByteFile): boolean {
  return bytes.size >= endSize && view(bytes.read(0, 4)).getUint32(0, true) === headerSignature;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

class ZipReader {
  readonly #bytes: ByteFile;
  readonly #what: string;

  constructor(bytes: ByteFile, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  directory(): ZipDirectory {
    const range = this.#range();
    if (range.count > maxMembers || range.size > maxDirectoryBytes) {
      throw this.#refused(`it lists ${range.count} members`);
    }
    if (range.offset + range.size > this.#bytes.size) {
      throw this.#damaged('its list of members lies past its end');
    }
    const bytes = this.#bytes.read(range.offset, range.size);
    const entries = this.#entries(bytes, range.count);
    return { members: this.#members(entries, range.offset), bytes };
  }

  #damaged(problem: string): Error {
    return damagedContainer(this.#what, this.#bytes.file, problem);
  }

  #refused(problem: string): Error {
    return refusedContainer(this.#what, this.#bytes.file, problem);
  }

  /** The archive ends with its end record and a comment; the last match whose comment fits is the record. */
  #range(): DirectoryRange {
    const length = Math.min(this.#bytes.size, endSize + maxCommentBytes);
    const start = this.#bytes.size - length;
    const tail = view(this.#bytes.read(start, length));
    for (let at = length - endSize; at >= 0; at -= 1) {
      const isEnd = tail.getUint32(at, true) === signatures.end;
      if (isEnd && at + endSize + tail.getUint16(at + 20, true) === length) {
        return this.#rangeOf(tail, at, start);
      }
    }
    throw this.#damaged('it is cut short, a zip archive ends with a list of its members');
  }

  #rangeOf(tail: DataView, at: number, start: number): DirectoryRange {
    const disks = [tail.getUint16(at + 4, true), tail.getUint16(at + 6, true)];
    const count = tail.getUint16(at + 10, true);
    const size = tail.getUint32(at + 12, true);
    const offset = tail.getUint32(at + 16, true);
    const needsZip64 = count === full16 || size === full32 || offset === full32;
    // PyTorch writes zip64 records into small archives, too.
    if (needsZip64 || this.#hasLocator(start + at)) return this.#range64(start + at);
    if (disks.some((disk) => disk !== 0) || tail.getUint16(at + 8, true) !== count) {
      throw this.#refused('it is one part of an archive of several files');
    }
    this.#expectNothingBetween(offset + size, start + at);
    return { count, offset, size };
  }

  #hasLocator(end: number): boolean {
    if (end < locatorSize + end64Size) return false;
    const signature = view(this.#bytes.read(end - locatorSize, 4)).getUint32(0, true);
    return signature === signatures.locator;
  }

  #range64(end: number): DirectoryRange {
    if (!this.#hasLocator(end)) throw this.#damaged('its zip64 record is missing');
    const locator = view(this.#bytes.read(end - locatorSize, locatorSize));
    const at = this.#uint64(locator, 8);
    if (at + end64Size > end - locatorSize) throw this.#damaged('its zip64 record is misplaced');
    const record = view(this.#bytes.read(at, end64Size));
    if (record.getUint32(0, true) !== signatures.end64) {
      throw this.#damaged('its zip64 record is misplaced');
    }
    const range = {
      count: this.#uint64(record, 32),
      size: this.#uint64(record, 40),
      offset: this.#uint64(record, 48),
    };
    this.#expectNothingBetween(range.offset + range.size, at);
    return range;
  }

  /** A directory that is not where it says would move every member with it. */
  #expectNothingBetween(directoryEnd: number, recordStart: number): void {
    if (directoryEnd === recordStart) return;
    throw this.#damaged('its list of members is not where its end record says');
  }

  #uint64(data: DataView, at: number): number {
    const value = data.getBigUint64(at, true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw this.#damaged(`it claims ${value.toString()} bytes`);
    }
    return Number(value);
  }

  #entries(bytes: Uint8Array, count: number): readonly Entry[] {
    const entries: Entry[] = [];
    const names = new Set<string>();
    let at = 0;
    for (let index = 0; index < count; index += 1) {
      const { entry, next } = this.#entry(bytes, at);
      this.#expectHonestName(entry.name);
      if (names.has(entry.name)) throw this.#refused(`it holds ${entry.name} twice`);
      names.add(entry.name);
      entries.push(entry);
      at = next;
    }
    if (at !== bytes.length) throw this.#damaged('its list of members has another length');
    return entries;
  }

  #entry(bytes: Uint8Array, at: number): { readonly entry: Entry; readonly next: number } {
    const data = view(bytes);
    if (at + entrySize > bytes.length || data.getUint32(at, true) !== entrySignature) {
      throw this.#damaged('its list of members is broken');
    }
    const nameEnd = at + entrySize + data.getUint16(at + 28, true);
    const extraEnd = nameEnd + data.getUint16(at + 30, true);
    const next = extraEnd + data.getUint16(at + 32, true);
    if (next > bytes.length) throw this.#damaged('its list of members is broken');
    const sizes = this.#sizes(data, at, bytes.subarray(nameEnd, extraEnd));
    const name = this.#name(bytes.subarray(at + entrySize, nameEnd));
    const flags = data.getUint16(at + 8, true);
    const method = data.getUint16(at + 10, true);
    return { entry: { name, flags, method, crc32: data.getUint32(at + 16, true), ...sizes }, next };
  }

  /** Sizes and position; those that do not fit 32 bits follow in the zip64 extra field, in this order. */
  #sizes(
    data: DataView,
    at: number,
    extra: Uint8Array,
  ): Pick<Entry, 'size' | 'packedSize' | 'headerOffset'> {
    const wide = this.#zip64Field(extra);
    let position = 0;
    const read = (field: number): number => {
      const value = data.getUint32(at + field, true);
      if (value !== full32) return value;
      if (wide === undefined || position + 8 > wide.byteLength) {
        throw this.#damaged('the zip64 sizes of a member are missing');
      }
      position += 8;
      return this.#uint64(wide, position - 8);
    };
    return { size: read(24), packedSize: read(20), headerOffset: read(42) };
  }

  #zip64Field(extra: Uint8Array): DataView | undefined {
    let at = 0;
    while (at + 4 <= extra.length) {
      const fields = view(extra);
      const length = fields.getUint16(at + 2, true);
      if (at + 4 + length > extra.length) return undefined;
      if (fields.getUint16(at, true) === 1) return view(extra.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return undefined;
  }

  #name(bytes: Uint8Array): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch {
      throw this.#damaged('the name of a member is not UTF-8');
    }
  }

  /** Nothing is written under these names; a name that points elsewhere is still a sign of an attack. */
  #expectHonestName(name: string): void {
    const isHonest =
      name.length > 0 &&
      name.length <= maxNameLength &&
      !/^[/\\]|^[A-Za-z]:|[\0\\]/.test(name) &&
      !name.split('/').some((part) => part === '..');
    if (!isHonest)
      throw this.#refused(`a member is called ${JSON.stringify(name.slice(0, maxNameLength))}`);
  }

  #members(entries: readonly Entry[], directoryStart: number): readonly ZipMember[] {
    const members: ZipMember[] = [];
    const sorted = [...entries].sort((a, b) => a.headerOffset - b.headerOffset);
    let free = 0;
    for (const entry of sorted) {
      if (entry.headerOffset < free) throw this.#damaged(`${entry.name} overlaps another member`);
      const member = this.#member(entry);
      free = member.offset + member.packedSize;
      if (free > directoryStart) throw this.#damaged(`${entry.name} ends past the last member`);
      if (!entry.name.endsWith('/')) members.push(member);
    }
    return members;
  }

  #member(entry: Entry): ZipMember {
    const { name, crc32, packedSize, size, headerOffset } = entry;
    if ((entry.flags & 0x2041) !== 0) throw this.#refused(`${name} is encrypted`);
    if (entry.method !== 0 && entry.method !== 8) {
      throw this.#refused(
        `${name} is packed by method ${entry.method}, neither stored nor deflated`,
      );
    }
    const isDeflated = entry.method === 8;
    if (!isDeflated && size !== packedSize) {
      throw this.#damaged(`${name} is stored as ${packedSize} bytes and claims ${size}`);
    }
    const offset = headerOffset + headerSize + this.#localExtent(entry);
    return { name, isDeflated, crc32, packedSize, size, offset };
  }

  /** Bytes of name and extra field in the header before the member, which must agree with the list. */
  #localExtent(entry: Entry): number {
    if (entry.headerOffset + headerSize > this.#bytes.size) {
      throw this.#damaged(`${entry.name} lies past its end`);
    }
    const header = view(this.#bytes.read(entry.headerOffset, headerSize));
    const nameLength = header.getUint16(26, true);
    const nameBytes = this.#bytes.read(entry.headerOffset + headerSize, nameLength);
    const agrees =
      header.getUint32(0, true) === headerSignature &&
      header.getUint16(8, true) === entry.method &&
      this.#name(nameBytes) === entry.name;
    if (!agrees) throw this.#damaged(`${entry.name} is not where the list of members says`);
    return nameLength + header.getUint16(28, true);
  }
}

/**
 * Lists the members of an archive.
 * @param what names the archive in messages, e.g. `The npz file`
 * @throws MonosemError `fileDamaged`; `unsupportedSae` for encrypted, split or suspicious archives
 */
export function readZip(bytes: ByteFile, what: string): ZipDirectory {
  return new ZipReader(bytes, what).directory();
}
