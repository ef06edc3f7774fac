// Packs what is built in dist/, with all that it needs, into one installable .vsix for one platform.
import fs from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { narrowToPlatform } from './packaging.ts';
import { cacheFolder, root } from './setup/paths.mjs';

/** VS Code shows neither pictures nor links of an installed extension's folder, so it gets a page without them. */
export const packageReadme = 'docs/extension.md';

/** The platform this program runs on. */
export const thisPlatform = `${process.platform}-${process.arch}`;

/** @throws SetupError for a platform that there are no binaries for */
export async function packExtension(target: string, packagePath: string): Promise<void> {
  const allowList = fs.readFileSync(path.join(root, '.vscodeignore'), 'utf8');
  const ignoreFile = path.join(cacheFolder, `package-${target}.vscodeignore`);
  fs.writeFileSync(ignoreFile, narrowToPlatform(allowList, target));
  await createVSIX({
    cwd: root,
    ...{ target, packagePath, ignoreFile, readmePath: packageReadme },
    // There is no address that relative links could be made absolute with.
    ...{ allowMissingRepository: true, rewriteRelativeLinks: false },
  });
}
