// Archives of numpy arrays (.npz). An array stays where it lies: in the archive itself when np.savez wrote it, in the
// unpacked copy beside the archive when np.savez_compressed did. Object arrays, which are pickles, are never opened.
import { withByteFile, type ByteFile } from '../byteFile.ts';
import { realPath } from '../files.ts';
import { maxNpyHeaderBytes, parseNpyHeader, type NpyHeader } from './npyHeader.ts';
import { damagedContainer, type StoredView, type TensorTable } from './tensorTable.ts';
import { plainMembers, type PlainMember } from './unpack.ts';
import { readZip } from './zip.ts';

const what = 'The npz file';
const suffix = '.npy';

/** Why an array cannot be used, or where it lies. */
function locate(member: PlainMember, name: string, header: NpyHeader): StoredView | string {
  const { descr, type, shape, dataLength, isFortranOrder } = header;
  if (type === undefined || dataLength === undefined) return `has the numpy type ${descr}`;
  // Vectors lie the same way in both orders.
  const isTransposed = isFortranOrder && shape.length > 1;
  if (isTransposed && shape.length !== 2) return `is in Fortran order with ${shape.length} axes`;
  const dims = isTransposed ? [...shape].reverse() : shape;
  const { file, offset } = member;
  const position = { offset: offset + header.length, length: dataLength };
  return { stored: { name, type, dims, file, ...position }, isTransposed };
}

function readHeader(bytes: ByteFile, archive: string, member: PlainMember): NpyHeader {
  const head = bytes.read(member.offset, Math.min(maxNpyHeaderBytes, member.size));
  const header = parseNpyHeader(head);
  if (typeof header === 'string') {
    throw damagedContainer(what, archive, `${member.name} ${header}`);
  }
  const { length, dataLength, shape } = header;
  if (dataLength !== undefined && length + dataLength !== member.size) {
    throw damagedContainer(
      what,
      archive,
      `${member.name} has ${member.size - length} bytes where its shape [${shape.join(', ')}] needs ${dataLength}`,
    );
  }
  return header;
}

/** Of arrays in the archive itself or in its unpacked copy, opened once each. */
async function readHeaders(
  archive: string,
  members: readonly PlainMember[],
): Promise<readonly (readonly [PlainMember, NpyHeader])[]> {
  const headers: (readonly [PlainMember, NpyHeader])[] = [];
  for (const file of new Set(members.map((member) => member.file))) {
    await withByteFile(file, what, (bytes) => {
      for (const member of members) {
        if (member.file === file) headers.push([member, readHeader(bytes, archive, member)]);
      }
    });
  }
  return headers;
}

/**
 * The arrays of an archive by name, `.npy` left out.
 * @throws MonosemError `fileDamaged`, `unsupportedSae` for suspicious archives, `fileMissing`, `fileUnreadable`, `diskFull`
 */
export async function readNpz(file: string): Promise<TensorTable> {
  const archive = await realPath(file, what);
  const members = await withByteFile(archive, what, (bytes) =>
    plainMembers(bytes, what, readZip(bytes, what)),
  );
  const arrays = members.filter(({ name }) => name.endsWith(suffix));
  const tensors = new Map<string, StoredView>();
  const unusable = new Map<string, string>();
  for (const [member, header] of await readHeaders(archive, arrays)) {
    const name = member.name.slice(0, -suffix.length);
    const located = locate(member, name, header);
    if (typeof located === 'string') unusable.set(name, located);
    else tensors.set(name, located);
  }
  return { file: archive, tensors, unusable };
}
