// The package as a person installs it: packed from what is built in dist/, installed by VS Code itself, and used where
// each of its programs, libraries and data files is needed.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { packExtension, thisPlatform } from '../../scripts/packExtension.ts';
import { root } from '../../scripts/setup/paths.mjs';
import { openTimeout, sharedSession, story } from './session.ts';

describe('the installed package', () => {
  const session = sharedSession(async ({ scratch }) => {
    const packageFile = path.join(scratch, 'monosem.vsix');
    await packExtension(thisPlatform, packageFile);
    return { packageFile };
  });
  const { workbench } = session;

  test('colours, a hover, a feature, the steering panel', async () => {
    await workbench.openFile(story);
    await workbench.coloured.first().waitFor({ timeout: openTimeout });
    await workbench.hoverOver('lighthouse');
    const link = workbench.hover.locator('a', { hasText: /^#\d+$/ }).first();
    const feature = (await link.innerText()).slice(1);
    await link.click();
    const panel = await workbench.view('h1', `Feature ${feature}`);
    await panel.locator('.example').first().waitFor();
    const steering = await workbench.steerLine(1);
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
