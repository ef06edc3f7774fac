// The browser the end-to-end tests drive. On Linux x64 it is the headless Chromium inside an npm package, unpacked
// once into .cache/chromium together with the few libraries a bare system lacks; elsewhere an installed Chrome or Edge.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';
import { cacheFolder } from './paths.mjs';
import { announce, SetupError } from './report.mjs';

/**
 * How to launch the browser, in Playwright's words.
 * @typedef {{ executablePath?: string, channel?: string, args: string[], env: Record<string, string> }} BrowserLaunch
 */

const folder = path.join(cacheFolder, 'chromium');
const binary = path.join(folder, 'chromium');
const archives = ['chromium.br', 'fonts.tar.br', 'swiftshader.tar.br', 'al2023.tar.br'];

/** Unpacks the npm package; what is in the folder at the end is complete. */
async function unpackChromium() {
  const partial = `${folder}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  const { inflate } = await import('@sparticuz/chromium');
  const main = import.meta.resolve('@sparticuz/chromium');
  const bin = path.join(path.dirname(new URL(main).pathname), '..', 'bin');
  // The package unpacks into the system's folder for temporary files, which is shared by every project.
  const previous = process.env['TMPDIR'];
  process.env['TMPDIR'] = partial;
  try {
    for (const archive of archives) await inflate(path.join(bin, archive));
  } finally {
    if (previous === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = previous;
  }
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(partial, folder);
}

/**
 * @param {Record<string, string>} env
 * @returns {boolean} whether the browser starts in this environment
 */
function starts(env) {
  try {
    execFileSync(binary, ['--version'], { env, stdio: 'ignore', timeout: 60_000 });
    return true;
  } catch {
    return false;
  }
}

/** @returns {Record<string, string>} */
function currentEnvironment() {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])));
}

async function unpackOnce() {
  if (fs.existsSync(binary)) return;
  await withLock(async () => {
    if (!fs.existsSync(binary)) await announce('unpacking the test browser (once)', unpackChromium);
  });
}

/**
 * The software graphics driver that comes with the browser: with these variables set before it starts, a program finds
 * a Vulkan device on a machine without one. Linux x64 only.
 * @returns {Promise<Record<string, string>>}
 */
export async function softwareVulkan() {
  await unpackOnce();
  return {
    VK_ICD_FILENAMES: path.join(folder, 'vk_swiftshader_icd.json'),
    LD_LIBRARY_PATH: folder,
  };
}

/** @returns {Promise<BrowserLaunch>} */
async function packagedChromium() {
  await unpackOnce();
  const plain = currentEnvironment();
  const libraries = path.join(folder, 'al2023', 'lib');
  const own = { ...plain, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: path.join(folder, 'fonts') };
  const env = [plain, own].find(starts);
  if (env === undefined)
    throw new SetupError(`The test browser ${binary} does not start on this system.`);
  const args = ['--no-sandbox', '--disable-setuid-sandbox', '--font-render-hinting=none'];
  return { executablePath: binary, args, env };
}

/** @returns {Promise<BrowserLaunch>} */
export async function ensureBrowser() {
  if (process.platform === 'linux' && process.arch === 'x64') return packagedChromium();
  const channel = process.platform === 'win32' ? 'msedge' : 'chrome';
  return { channel, args: [], env: currentEnvironment() };
}
