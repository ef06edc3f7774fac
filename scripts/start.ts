// `npm start`: builds, then opens VS Code on samples/ with the extension and the embedded model. On the desktop where
// the `code` command is found, else in the browser, at a localhost address that it prints; Ctrl-C ends that one.
// `npm start -- --browser` chooses the browser; `npm start -- FOLDER` opens another folder.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { cacheFolder, root } from './setup/paths.mjs';
import { runMain, say, SetupError } from './setup/report.mjs';
import { openingFile, startCodeServer } from './vscode/codeServerProcess.ts';
import { canShowWindows, findCodeCommand } from './vscode/desktop.ts';
import { linkedExtension, prepareProfile } from './vscode/profile.ts';

const firstSample = 'lily-and-the-lantern.txt';

/** What to open: a folder, and a file of it to begin with. */
interface Place {
  readonly folder: string;
  readonly file?: string;
}

async function openDesktop(command: string, { folder, file }: Place): Promise<void> {
  const isScript = command.endsWith('.cmd');
  const child = spawn(
    command,
    [`--extensionDevelopmentPath=${root}`, folder, ...(file ? [file] : [])],
    {
      stdio: 'inherit',
      shell: isScript,
    },
  );
  const code = await new Promise((resolve) => {
    child.once('exit', resolve);
    child.once('error', () => resolve(1));
  });
  if (code !== 0)
    throw new SetupError(
      `${command} could not open a window. Try the browser instead: npm start -- --browser`,
    );
  say('VS Code is opening; this command is done');
}

async function openBrowser({ folder, file }: Place): Promise<void> {
  const profile = prepareProfile(path.join(cacheFolder, 'start'), [linkedExtension(root)]);
  const server = await startCodeServer(folder, profile);
  process.once('SIGINT', () => void server.stop());
  process.once('SIGTERM', () => void server.stop());
  say('VS Code is running. Open this address in a browser (Ctrl-C here stops it):');
  console.log(file === undefined ? server.url : openingFile(server.url, file));
  await server.ended;
  say('stopped');
}

/** @param named as typed after `npm start --`; without it the samples */
function placeToOpen(named: string | undefined): Place {
  const samples = path.join(root, 'samples');
  if (named === undefined) return { folder: samples, file: path.join(samples, firstSample) };
  const folder = path.resolve(process.env['INIT_CWD'] ?? root, named);
  if (!fs.existsSync(folder)) throw new SetupError(`There is no folder ${folder}.`);
  return { folder };
}

await runMain(async () => {
  const { values, positionals } = parseArgs({
    options: { browser: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const place = placeToOpen(positionals[0]);
  say('building');
  await build({ withTests: false });
  const code = values.browser ? undefined : findCodeCommand(process.env['PATH'] ?? '');
  if (code !== undefined && canShowWindows(process)) await openDesktop(code, place);
  else await openBrowser(place);
});
