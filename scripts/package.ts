// `npm run package`: builds and writes one installable .vsix for this platform, or for the one named:
// `npm run package -- --target win32-x64`. It holds that platform's binaries only.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { packExtension, thisPlatform } from './packExtension.ts';
import { root } from './setup/paths.mjs';
import { announce, runMain, say } from './setup/report.mjs';

await runMain(async () => {
  const { values } = parseArgs({ options: { target: { type: 'string' } } });
  const target = values.target ?? thisPlatform;
  await build({ withTests: false });
  const packagePath = path.join(root, `monosem-${target}.vsix`);
  await announce(`packing for ${target} (about half a minute)`, () =>
    packExtension(target, packagePath),
  );
  const megabytes = Math.round(fs.statSync(packagePath).size / 1e6);
  say(
    `${packagePath} is ready, ${megabytes} MB. Install it: code --install-extension ${packagePath}`,
  );
});
