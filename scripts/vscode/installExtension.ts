// Installs a .vsix into a profile of VS Code for the browser, as a person does with "Install from VSIX…".
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureCodeServer } from '../setup/codeServer.mjs';
import { SetupError } from '../setup/report.mjs';
import type { Profile } from './profile.ts';

/** @returns the folder it is in now. @throws SetupError with what VS Code says where it does not take the package */
export async function installExtension(packageFile: string, profile: Profile): Promise<string> {
  const { userData, extensions } = profile;
  const before = new Set(fs.readdirSync(extensions));
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    ...[await ensureCodeServer(), '--install-extension', packageFile],
    ...['--config', path.join(userData, 'config.yaml')],
    ...['--user-data-dir', userData, '--extensions-dir', extensions],
  ]);
  const added = fs
    .readdirSync(extensions, { withFileTypes: true })
    .find((entry) => entry.isDirectory() && !before.has(entry.name));
  if (added === undefined)
    throw new SetupError(`VS Code did not install ${packageFile}:\n${stdout}${stderr}`);
  return path.join(extensions, added.name);
}
