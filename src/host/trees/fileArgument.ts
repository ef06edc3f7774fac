// The files that an entry of the list of models stands for, as commands get it. Without VS Code.
import { isAbsolute } from 'node:path';
import { fieldsOf } from '../views/viewMessages.ts';
import type { FileEntry } from './fileEntry.ts';

/** What does not fit is left out. */
export function readFileArgument(
  argument: unknown,
): Pick<FileEntry, 'folder' | 'variant' | 'download'> {
  const fields = fieldsOf(argument);
  const textIn = (name: string): string | undefined => {
    const value = fields?.[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [folder, variant, download] = [textIn('folder'), textIn('variant'), textIn('download')];
  return {
    ...(folder !== undefined && isAbsolute(folder) && { folder }),
    ...(variant !== undefined && { variant }),
    ...(download !== undefined && { download }),
  };
}
