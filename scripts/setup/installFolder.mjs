// Installs npm packages into a folder of .cache/ so that the folder is either complete or not there: everything
// happens in a sibling that is renamed at the end.
import fs from 'node:fs';
import path from 'node:path';
import { npm } from './npm.mjs';

/**
 * @param {string} folder becomes a project with node_modules/ inside
 * @param {{ what: string, packages: string[], afterwards?: (partial: string) => Promise<void> }} order
 * @returns {Promise<void>}
 */
export async function installFolder(folder, { what, packages, afterwards }) {
  const partial = `${folder}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  fs.writeFileSync(path.join(partial, 'package.json'), '{ "private": true }\n');
  await npm(what, ['install', '--ignore-scripts', '--save-exact', ...packages], partial);
  await afterwards?.(partial);
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(partial, folder);
}

/**
 * @param {string} folder
 * @param {string} name of a package installed there
 * @returns {string | undefined} its version
 */
export function installedVersion(folder, name) {
  try {
    const file = path.join(folder, 'node_modules', name, 'package.json');
    /** @type {unknown} */
    const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
    return /** @type {{ version: string }} */ (manifest).version;
  } catch {
    return undefined;
  }
}
