// VS Code for the browser (the npm package code-server), in .cache/code-server: the same workbench and extension
// host as on the desktop. Installed only where something needs it.
import path from 'node:path';
import { installFolder, installedVersion } from './installFolder.mjs';
import { withLock } from './lock.mjs';
import { npm } from './npm.mjs';
import { cacheFolder } from './paths.mjs';
import { announce } from './report.mjs';

const version = '4.139.1';
const what = 'VS Code for the browser';
const folder = path.join(cacheFolder, 'code-server');
const entry = path.join(folder, 'node_modules', 'code-server', 'out', 'node', 'entry.js');

/** @returns {Promise<string>} the script that starts the server */
export async function ensureCodeServer() {
  if (installedVersion(folder, 'code-server') === version) return entry;
  return withLock(async () => {
    if (installedVersion(folder, 'code-server') === version) return entry;
    await announce(`installing ${what} from the npm registry (once, about 600 MB)`, () =>
      installFolder(folder, {
        what,
        packages: [`code-server@${version}`],
        // Its own install script would do this, and compile native modules that are not needed here.
        afterwards: (partial) =>
          npm(
            what,
            ['install', '--ignore-scripts', '--omit=dev'],
            path.join(partial, 'node_modules', 'code-server', 'lib', 'vscode'),
          ),
      }),
    );
    return entry;
  });
}
