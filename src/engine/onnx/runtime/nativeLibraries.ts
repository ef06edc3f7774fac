// Asks the system's loader whether a native library can be loaded, and if not, which one is missing. onnxruntime
// itself only says that something failed; the graphics layer under its WebGPU writes warnings to stderr.
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { messageOf } from '../../../shared/errors.ts';

/**
 * What the loader says of a library that does not load, e.g. `libcudnn.so.9: cannot open shared object file`.
 * @param library name to search for, or an absolute path
 */
export function whyNotLoadable(library: string): string | undefined {
  try {
    process.dlopen({ exports: {} }, library);
    return undefined;
  } catch (error) {
    // A library that loads and is no add-on of Node is closed again; that is all that was to be known.
    const message = messageOf(error).split('\n')[0] ?? '';
    return message.startsWith('Module did not self-register') ? undefined : message;
  }
}

/** Folder of onnxruntime's own libraries, where those of further providers are installed. */
export function runtimeFolder(): string {
  const main = createRequire(import.meta.filename).resolve('onnxruntime-node');
  const { platform, arch } = process;
  return path.join(path.dirname(main), '..', 'bin', 'napi-v6', platform, arch);
}
