// What goes into the installable extension: .vscodeignore as an allow-list, narrowed to one platform's binaries.
import { SetupError } from './setup/report.mjs';

/** How each package names a platform, by VS Code's name of it. */
const platforms: Readonly<
  Record<string, { readonly onnxruntime: string; readonly tokenizers: string }>
> = {
  'linux-x64': { onnxruntime: 'linux/x64', tokenizers: 'linux-x64-gnu' },
  'linux-arm64': { onnxruntime: 'linux/arm64', tokenizers: 'linux-arm64-gnu' },
  'darwin-arm64': { onnxruntime: 'darwin/arm64', tokenizers: 'darwin-arm64' },
  'win32-x64': { onnxruntime: 'win32/x64', tokenizers: 'win32-x64-msvc' },
  'win32-arm64': { onnxruntime: 'win32/arm64', tokenizers: 'win32-arm64-msvc' },
};

export const targets: readonly string[] = Object.keys(platforms);

/**
 * @param ignoreFile content of .vscodeignore
 * @param target e.g. `linux-x64`
 * @returns the same with the binaries of that platform only
 * @throws SetupError
 */
export function narrowToPlatform(ignoreFile: string, target: string): string {
  const names = platforms[target];
  if (names === undefined)
    throw new SetupError(`There is no package for ${target}; there are ${targets.join(', ')}.`);
  return ignoreFile
    .replace('{darwin,linux,win32}/{arm64,x64}', names.onnxruntime)
    .replace('tokenizers.*.node', `tokenizers.${names.tokenizers}.node`);
}
