// The project's libraries: node_modules/ exactly as package-lock.json says. Whether they are there is read from
// the list npm itself leaves behind when, and only when, an installation has come to its end; an interrupted
// installation therefore counts as none.
import fs from 'node:fs';
import path from 'node:path';
import { npm } from './npm.mjs';
import { root } from './paths.mjs';
import { announce } from './report.mjs';

/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages?: Record<string, LockedPackage> }} Lockfile
 */

/**
 * @param {Lockfile} wanted package-lock.json
 * @param {Lockfile | undefined} installed node_modules/.package-lock.json
 * @returns {string[]} folders of packages that are absent or of another version; optional ones may be absent
 */
export function missingPackages(wanted, installed) {
  const present = installed?.packages ?? {};
  return Object.entries(wanted.packages ?? {})
    .filter(([folder]) => folder !== '')
    .filter(([folder, { version, optional }]) => {
      const found = present[folder];
      return found === undefined ? optional !== true : found.version !== version;
    })
    .map(([folder]) => folder);
}

/**
 * @param {string} file
 * @returns {Lockfile | undefined}
 */
function readLockfile(file) {
  try {
    /** @type {unknown} */
    const lockfile = JSON.parse(fs.readFileSync(file, 'utf8'));
    return /** @type {Lockfile} */ (lockfile);
  } catch {
    return undefined;
  }
}

/** @returns {boolean} */
export function dependenciesArePresent() {
  const wanted = readLockfile(path.join(root, 'package-lock.json'));
  const installed = readLockfile(path.join(root, 'node_modules', '.package-lock.json'));
  return wanted !== undefined && missingPackages(wanted, installed).length === 0;
}

/** @returns {Promise<void>} */
export async function installDependencies() {
  await announce('installing libraries from the npm registry (needed once, about 700 MB)', () =>
    npm("the project's libraries", ['ci', '--ignore-scripts'], root),
  );
}
