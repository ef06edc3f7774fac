// Containers made to harm: each is refused in one sentence that says why, and nothing in them is ever run.
import { access, copyFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readNpz } from '../../../src/engine/files/containers/npz.ts';
import { readTorch } from '../../../src/engine/files/containers/torchFile.ts';
import { useTemporaryFolder } from './temporaryFolder.ts';
import { npy, op, storage, tensor, torchZip, zip, type Part } from './zipFile.ts';

const at = useTemporaryFolder();
const weights = npy([2], Buffer.alloc(8, 1));
const four = Buffer.alloc(16, 1);
const data = { name: 'archive/data/0', content: four };

type Case = readonly [what: string, content: Buffer, problem: string];

const damaged = (problem: string): string => `is damaged: ${problem}; download or export it again.`;
const refused = (problem: string): string =>
  `is refused: ${problem}; convert the weights to safetensors.`;

const dictOf = (value: Buffer): Buffer[] => [op.emptyDict, op.text('w'), value, op.setItem];
const withArgument = (module: string, name: string, argument: string): Buffer =>
  Buffer.concat([op.global(module, name), op.text(argument), op.tuple1, op.reduce]);
const asks = (name: string): string =>
  refused(`its pickle asks for ${name}, which is no part of weights`);

/** Lists of two references to the list before: 2^40 values in 200 bytes. */
function billionLaughs(): Buffer[] {
  const level = (index: number): Buffer =>
    index === 0
      ? Buffer.concat([op.emptyList, op.put(0)])
      : Buffer.concat([
          op.emptyList,
          op.mark,
          op.get(index - 1),
          op.get(index - 1),
          op.appends,
          op.put(index),
        ]);
  return Array.from({ length: 30 }, (_, index) => level(index));
}

const manySteps = Buffer.alloc(1_200_000, Buffer.concat([op.none, Buffer.from([0x30])]));

describe('PyTorch files', () => {
  const cases: readonly Case[] = [
    [
      'os.system',
      torchZip([withArgument('os', 'system', `touch ${path.join('/tmp', 'monosem-ran')}`)]),
      asks('os.system'),
    ],
    ['posix.system', torchZip([withArgument('posix', 'system', 'true')]), asks('posix.system')],
    ['eval', torchZip([withArgument('builtins', 'eval', '1')]), asks('builtins.eval')],
    [
      'eval inside the arguments of a tensor',
      torchZip(dictOf(tensor(withArgument('__builtin__', 'eval', '1'), 0, [1], [1]))),
      asks('__builtin__.eval'),
    ],
    [
      'a pickle in a pickle',
      torchZip([withArgument('torch.storage', '_load_from_bytes', 'x')]),
      asks('torch.storage._load_from_bytes'),
    ],
    [
      'getattr by the stack',
      torchZip([op.text('builtins'), op.text('getattr'), Buffer.from([0x93])]),
      asks('builtins.getattr'),
    ],
    [
      'a name that is not a name',
      torchZip([op.global('os\u001b', 'x y')]),
      asks(JSON.stringify('os\u001b.x y')),
    ],
    [
      'an extension code',
      torchZip([Buffer.from([0x82, 1])]),
      refused('its pickle uses opcode 0x82, which PyTorch does not write for weights'),
    ],
    [
      'a class made by its old opcode',
      torchZip([op.mark, Buffer.from('ios\nsystem\n')]),
      refused('its pickle uses opcode 0x69, which PyTorch does not write for weights'),
    ],
    [
      'attributes of a tensor',
      torchZip([tensor(storage('0', 4), 0, [4], [1]), op.emptyDict, op.build], [data]),
      refused('its pickle sets attributes of what is no dict'),
    ],
    [
      'billion laughs',
      torchZip(billionLaughs()),
      refused('its pickle stands for more than 200000 values'),
    ],
    [
      'a list that holds itself',
      torchZip([op.emptyList, op.put(0), op.get(0), op.append]),
      refused('its pickle nests containers deeper than 32 levels'),
    ],
    [
      'depth',
      torchZip([...Array<Buffer>(40).fill(op.emptyList), ...Array<Buffer>(39).fill(op.append)]),
      refused('its pickle nests containers deeper than 32 levels'),
    ],
    [
      'a name that every tensor would repeat',
      torchZip([op.emptyDict, op.text('x'.repeat(500_000)), op.none, op.setItem]),
      refused('its pickle has a name of 500001 characters'),
    ],
    ['length', torchZip([manySteps]), refused('its pickle takes more than 500000 steps')],
    [
      'an item longer than the file',
      torchZip([Buffer.from([0x58, 0xff, 0xff, 0xff, 0x7f])]),
      refused('its pickle has an item of 2147483647 bytes'),
    ],
    [
      'a bare class',
      torchZip(dictOf(op.global('torch', 'FloatStorage'))),
      refused('its pickle holds something that is neither tensor nor container'),
    ],
    [
      'a storage of code',
      torchZip([op.mark, op.text('module'), op.text('x'), op.tuple, op.persistent]),
      refused('its pickle has a storage of an unknown kind'),
    ],
    [
      'too little on the stack',
      torchZip([op.append]),
      damaged('its pickle takes more than it has'),
    ],
    [
      'no end',
      zip([{ name: 'a/data.pkl', content: op.start }]),
      damaged('its pickle is cut short'),
    ],
    ['an unknown memo', torchZip([op.get(9)]), damaged('its pickle refers to what it never made')],
    [
      'a view past its storage',
      torchZip(dictOf(tensor(storage('0', 4), 1, [4], [1])), [data]),
      damaged('tensor w reaches past its storage of 4 numbers'),
    ],
    [
      'a view with a huge stride',
      torchZip(dictOf(tensor(storage('0', 4), 0, [2, 2], [2147483647, 1])), [data]),
      damaged('tensor w reaches past its storage of 4 numbers'),
    ],
    [
      'a storage past its member',
      torchZip(dictOf(tensor(storage('0', 1000), 0, [1000], [1])), [data]),
      damaged('the storage of tensor w has 16 bytes'),
    ],
    [
      'a storage that is not there',
      torchZip(dictOf(tensor(storage('../../x', 4), 0, [4], [1])), [data]),
      damaged('it has no storage "../../x"'),
    ],
    [
      'a compressed storage',
      torchZip(dictOf(tensor(storage('0', 4), 0, [4], [1])), [{ ...data, isDeflated: true }]),
      refused('archive/data/0 is compressed, which PyTorch never does'),
    ],
    [
      'a program',
      torchZip([op.none], [{ name: 'archive/constants.pkl', content: four }]),
      refused('it is a TorchScript program, not a dict of weights'),
    ],
    [
      'big-endian numbers',
      torchZip([op.none], [{ name: 'archive/byteorder', content: Buffer.from('big') }]),
      refused('its numbers are big-endian'),
    ],
    [
      'another archive',
      zip([{ name: 'x', content: four }]),
      refused('it is a zip archive without data.pkl'),
    ],
    [
      'another pickle',
      Buffer.concat([op.start, op.none, op.stop, op.start, op.none, op.stop]),
      refused('it is a pickle that torch.save did not write'),
    ],
    ['no pickle', Buffer.from('hello'), refused('it is neither a zip archive nor a pickle')],
    ['nothing', Buffer.alloc(0), refused('it is neither a zip archive nor a pickle')],
  ];

  test.each(cases)('%s', async (_, content, problem) => {
    await writeFile(at('x.pt'), content);
    await expect(readTorch(at('x.pt'))).rejects.toMatchObject({
      code: problem.startsWith('is damaged') ? 'fileDamaged' : 'unsupportedSae',
      message: `The PyTorch file ${at('x.pt')} ${problem}`,
    });
    await expect(access(path.join('/tmp', 'monosem-ran'))).rejects.toThrow();
  });

  test('a whole module, as torch.save(model) writes it', async () => {
    const golden = path.join(import.meta.dirname, '../../golden/containers/wholeModule.pt');
    await copyFile(golden, at('x.pt'));
    await expect(readTorch(at('x.pt'))).rejects.toMatchObject({
      code: 'unsupportedSae',
      message: `The PyTorch file ${at('x.pt')} ${asks('torch.nn.modules.container.Sequential')}`,
    });
  });
});

describe('npz files', () => {
  const w = (claims: Part['claims'], more: Partial<Part> = {}): Part => ({
    name: 'w.npy',
    content: weights,
    ...(claims === undefined ? {} : { claims }),
    ...more,
  });
  const plain = w(undefined);
  const named = (name: string): Buffer => zip([{ name, content: weights }]);
  const array = (header: string): Buffer =>
    zip([{ name: 'w.npy', content: npy([], Buffer.alloc(8), header) }]);
  const zeros = npy([8_000_000], Buffer.alloc(32_000_000));
  const whole = zip([plain]);

  const cases: readonly Case[] = [
    ['a name upwards', named('../w.npy'), refused('a member is called "../w.npy"')],
    [
      'a name upwards inside',
      named('a/../../w.npy'),
      refused('a member is called "a/../../w.npy"'),
    ],
    ['an absolute name', named('/etc/w.npy'), refused('a member is called "/etc/w.npy"')],
    ['a drive', named('C:w.npy'), refused('a member is called "C:w.npy"')],
    ['a backslash', named('..\\w.npy'), refused(String.raw`a member is called "..\\w.npy"`)],
    ['a name twice', zip([plain, plain]), refused('it holds w.npy twice')],
    [
      'a zip bomb',
      zip([{ name: 'w.npy', content: zeros, isDeflated: true }]),
      refused(`w.npy would grow from ${deflateRawSync(zeros).length} to ${zeros.length} bytes`),
    ],
    [
      'a bomb that claims to be small',
      zip([w({ size: 100 }, { content: zeros, isDeflated: true })]),
      damaged('w.npy unpacks to more than 100 bytes'),
    ],
    [
      'less than claimed',
      zip([w({ size: 1000 }, { isDeflated: true })]),
      damaged(`w.npy unpacks to ${weights.length} bytes and claims 1000`),
    ],
    ['another checksum', zip([w({ crc: 7 })]), damaged('w.npy fails its checksum')],
    [
      'another checksum, deflated',
      zip([w({ crc: 7 }, { isDeflated: true })]),
      damaged('w.npy fails its checksum'),
    ],
    [
      'noise in place of deflated bytes',
      zip([w({ method: 8, size: 90 }, { content: Buffer.alloc(90, 0xff) })]),
      damaged('w.npy cannot be unpacked'),
    ],
    ['encryption', zip([w({ flags: 1 })]), refused('w.npy is encrypted')],
    [
      'another method',
      zip([w({ method: 12 })]),
      refused('w.npy is packed by method 12, neither stored nor deflated'),
    ],
    [
      'two sizes',
      zip([w({ size: 10 })]),
      damaged(`w.npy is stored as ${weights.length} bytes and claims 10`),
    ],
    [
      'a member past the end',
      zip([w({ size: 1e6, packedSize: 1e6 })]),
      damaged('w.npy ends past the last member'),
    ],
    [
      'two members in the same bytes',
      zip([plain, w({ offset: 0, localName: 'w.npy' }, { name: 'v.npy' })]),
      damaged('v.npy overlaps another member'),
    ],
    [
      'two names for one member',
      zip([w({ localName: 'v.npy' })]),
      damaged('w.npy is not where the list of members says'),
    ],
    ['a position past the end', zip([w({ offset: 1e9 })]), damaged('w.npy lies past its end')],
    [
      'something before the archive',
      Buffer.concat([Buffer.alloc(10), whole]),
      damaged('its list of members is not where its end record says'),
    ],
    [
      'a cut',
      whole.subarray(0, -10),
      damaged('it is cut short, a zip archive ends with a list of its members'),
    ],
    [
      'nothing',
      Buffer.alloc(0),
      damaged('it is cut short, a zip archive ends with a list of its members'),
    ],
    [
      'no array',
      zip([{ name: 'w.npy', content: Buffer.from('hello') }]),
      damaged('w.npy has no npy header of version 1 to 3'),
    ],
    [
      'a header longer than the file',
      zip([{ name: 'w.npy', content: Buffer.from('\x93NUMPY\x01\x00\xff\xff{}', 'latin1') }]),
      damaged('w.npy has an npy header of 65545 bytes'),
    ],
    [
      'a header with code',
      array(`{'descr': __import__('os').system('true'), 'fortran_order': False, 'shape': (2,)}`),
      damaged('w.npy has an npy header that numpy would not write'),
    ],
    [
      'a shape that is none',
      array(`{'descr': '<f4', 'fortran_order': False, 'shape': (-2,)}`),
      damaged('w.npy has an npy header that numpy would not write'),
    ],
    [
      'a shape larger than the file',
      array(`{'descr': '<f4', 'fortran_order': False, 'shape': (1000000, 1000000)}`),
      damaged('w.npy has 8 bytes where its shape [1000000, 1000000] needs 4000000000000'),
    ],
    [
      'a shape beyond numbers',
      array(`{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}`),
      damaged('w.npy has an npy header that numpy would not write'),
    ],
  ];

  test.each(cases)('%s', async (_, content, problem) => {
    await writeFile(at('x.npz'), content);
    await expect(readNpz(at('x.npz'))).rejects.toMatchObject({
      code: problem.startsWith('is damaged') ? 'fileDamaged' : 'unsupportedSae',
      message: `The npz file ${at('x.npz')} ${problem}`,
    });
  });
});
