// `npm run test:desktop`: test/suite inside a desktop VS Code. The program is the one MONOSEM_VSCODE names, or a copy
// that @vscode/test-electron downloads from Microsoft; `npm test` itself needs neither.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from './build.ts';
import { root } from './setup/paths.mjs';
import { runMain, SetupError } from './setup/report.mjs';

await runMain(async () => {
  await build({ withTests: true });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-desktop-'));
  const samples = path.join(scratch, 'samples');
  fs.cpSync(path.join(root, 'samples'), samples, { recursive: true });
  const program = process.env['MONOSEM_VSCODE'];
  try {
    await runTests({
      extensionDevelopmentPath: [root, path.join(root, 'docs', 'example-extension')],
      extensionTestsPath: path.join(root, 'dist', 'test', 'suite', 'run.cjs'),
      launchArgs: [samples, '--disable-workspace-trust', `--user-data-dir=${scratch}/user-data`],
      ...(program === undefined ? {} : { vscodeExecutablePath: program }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(
      `The suite failed, or no VS Code could be started: ${reason} To use an installed one, set MONOSEM_VSCODE to its program.`,
    );
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
});
