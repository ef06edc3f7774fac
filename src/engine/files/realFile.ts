// Resolves symbolic links at once, for code that builds graphs synchronously. Model caches are full of links, and
// onnxruntime refuses external data behind a link that leaves the model's folder.
import { realpathSync } from 'node:fs';
import { fileError } from './files.ts';

/** The path without symbolic links, absolute. @param what names the content in error messages */
export function realFile(file: string, what: string): string {
  try {
    return realpathSync.native(file);
  } catch (error) {
    throw fileError(error, file, what);
  }
}
