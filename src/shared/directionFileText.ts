// A direction in a file, as the command line names it: `NAME=FILE.safetensors`, or `NAME=FILE.safetensors:TENSOR`.
import { MonosemError } from './errors.ts';
import { t } from './l10n.ts';

export interface DirectionFile {
  readonly name: string;
  readonly file: string;
  readonly tensor?: string;
}

/** Paths may hold colons, so the tensor is what follows one behind the file's ending. */
const pattern = /^([^=]+)=(.+?\.safetensors)(?::(.+))?$/s;

/** `undefined` for what names no direction in a file. */
export function readDirectionFile(text: string): DirectionFile | undefined {
  const [, name, file, tensor] = pattern.exec(text) ?? [];
  if (name === undefined || file === undefined) return undefined;
  return { name, file, ...(tensor !== undefined && { tensor }) };
}

/** @throws MonosemError `badArgument` for a file that would be read otherwise, such as one with another ending */
export function writeDirectionFile({ name, file, tensor }: DirectionFile): string {
  const text = `${name}=${file}${tensor === undefined ? '' : `:${tensor}`}`;
  const read = readDirectionFile(text);
  if (read?.name === name && read.file === file && read.tensor === tensor) return text;
  throw new MonosemError(
    'badArgument',
    t(
      'No command can name {0}, because its path holds ".safetensors:" or does not end in .safetensors; rename it.',
      file,
    ),
  );
}
