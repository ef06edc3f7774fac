// `npm run package`: builds and writes one installable .vsix for this platform, or for the one named:
// `npm run package -- --target win32-x64`. It holds that platform's binaries only.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { build } from './build.ts';
import { narrowToPlatform } from './packaging.ts';
import { cacheFolder, root } from './setup/paths.mjs';
import { announce, runMain, say, SetupError } from './setup/report.mjs';

await runMain(async () => {
  const { values } = parseArgs({ options: { target: { type: 'string' } } });
  const target = values.target ?? `${process.platform}-${process.arch}`;
  let ignore: string;
  try {
    ignore = narrowToPlatform(fs.readFileSync(path.join(root, '.vscodeignore'), 'utf8'), target);
  } catch (error) {
    throw new SetupError(error instanceof Error ? error.message : String(error));
  }
  const ignoreFile = path.join(cacheFolder, `package-${target}.vscodeignore`);
  fs.writeFileSync(ignoreFile, ignore);
  await build({ withTests: false });
  const packagePath = path.join(root, `monosem-${target}.vsix`);
  await announce(`packing for ${target} (about a minute)`, () =>
    createVSIX({ cwd: root, target, packagePath, ignoreFile, allowMissingRepository: true }),
  );
  const megabytes = Math.round(fs.statSync(packagePath).size / 1e6);
  say(
    `${packagePath} is ready, ${megabytes} MB. Install it: code --install-extension ${packagePath}`,
  );
});
