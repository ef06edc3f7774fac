// The package as a person installs it: packed from what is built in dist/, installed by VS Code itself, and used where
// each of its programs, libraries and data files is needed.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { packExtension, thisPlatform } from '../../scripts/packExtension.ts';
import { root } from '../../scripts/setup/paths.mjs';
import { Session } from './session.ts';
import { Workbench } from './workbench.ts';

const story = 'lily-and-the-lantern.txt';
/** The engine starts and a model is loaded: seconds, unless something else has the processor. */
const openTimeout = 120_000;

describe('the installed package', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-e2e-package-'));
  const packageFile = path.join(scratch, 'monosem.vsix');
  let session: Session;
  let workbench: Workbench;

  beforeAll(async () => {
    await packExtension(thisPlatform, packageFile);
    session = await Session.start({}, { packageFile });
    workbench = new Workbench(session.page);
    await workbench.ready();
    return async () => {
      await session.close();
      fs.rmSync(scratch, { recursive: true, force: true });
    };
  });

  test('colours, a hover, a feature, the steering panel', async () => {
    onTestFailed(() => session.keepEvidence('package'));
    await workbench.openFile(story);
    await workbench.coloured.first().waitFor({ timeout: openTimeout });
    await workbench.hoverOver('lighthouse');
    const link = workbench.hover.locator('a', { hasText: /^#\d+$/ }).first();
    const feature = (await link.innerText()).slice(1);
    await link.click();
    const panel = await workbench.view('h1', `Feature ${feature}`);
    await panel.locator('.example').first().waitFor();
    await workbench.selectLine(1);
    await workbench.runCommand('Monosem: Steer Selection');
    const steering = await workbench.view('.feature-row');
    await steering.getByRole('button', { name: 'Run', exact: true }).click();
    await steering
      .locator('.continuation-baseline .token')
      .nth(3)
      .waitFor({ timeout: openTimeout });
  });

  test('the command of the terminal', async () => {
    const command = path.join(session.extension, 'dist', 'cli.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [command, 'feature', '1351']);
    expect(stdout).toContain('rain');
  });

  test('a page that needs no links, and the terms', () => {
    const read = (...names: readonly string[]): string =>
      fs.readFileSync(path.join(...names), 'utf8');
    expect(read(session.extension, 'readme.md')).toBe(read(root, 'docs', 'extension.md'));
    expect(read(session.extension, 'LICENSE.txt')).toBe(read(root, 'LICENSE'));
  });
});
