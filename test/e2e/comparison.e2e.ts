// Two texts compared as a person does it: two files from the explorer, the list of what was gained and lost, edits that it
// follows without closing what is open, and what the steering panel has written.
import { describe, expect, test } from 'vitest';
import { openTimeout, sharedSession, slowly } from './session.ts';
import { chooseIn } from './steerPage.ts';

const [left, right] = ['lily-and-the-lantern.txt', 'the-fox-who-could-not-share.txt'] as const;

describe('two texts side by side', () => {
  const session = sharedSession();
  const { workbench } = session;

  async function bothColoured(): Promise<void> {
    for (const side of ['original', 'modified'] as const) {
      await expect.poll(() => workbench.colouredIn(side).count(), slowly).toBeGreaterThan(20);
    }
  }

  test('files of the explorer', async () => {
    const { page } = session;
    await workbench.chooseForFiles([left, right], 'Compare Features…');
    await bothColoured();
    const comparison = workbench.pane('Comparison');
    const rows = comparison.locator('.monaco-list-row');
    const group = (name: string) => rows.filter({ hasText: name });
    await group('Features gained (').waitFor({ timeout: openTimeout });
    expect(await comparison.locator('.pane-header').innerText()).toContain(`${left} ↔ ${right}`);
    const summary = (): Promise<string> => comparison.locator('.message').innerText();
    expect(await summary()).toMatch(/^\d+ → \d+ tokens, \d+ of them in both\.$/);
    const change = rows.filter({ hasText: /#\d+/ }).first();
    expect(await change.innerText()).toMatch(/→ [\d.]+ on \d+ → \d+ tokens/);
    await session.screenshot('comparison');

    // A click goes to the place of the feature.
    await change.click();
    await page.locator('.monaco-diff-editor .editor.modified .selected-text').first().waitFor();

    // What it means is one step away.
    const feature = /#(\d+)/.exec(await change.innerText())?.[1] ?? '';
    await change.hover();
    await change.locator('.action-label[aria-label^="Open Feature"]').click();
    await workbench.view('h1', `Feature ${feature}`);

    // What is closed stays closed, what is open stays open, when a text changes.
    for (const name of ['Features gained (', 'Features lost (', 'Tokens whose']) {
      await group(name).locator('.monaco-tl-twistie').click();
    }
    const isOpen = (name: string): Promise<string | null> =>
      group(name).getAttribute('aria-expanded');
    await expect.poll(() => isOpen('Features gained ('), slowly).toBe('false');
    await expect.poll(() => isOpen('Tokens whose'), slowly).toBe('true');
    const before = await summary();
    await page.locator('.monaco-diff-editor .editor.modified .view-lines').click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type('The captain saw a big ship. ');
    await expect.poll(summary, slowly).not.toBe(before);
    expect(await isOpen('Features gained (')).toBe('false');
    expect(await isOpen('Tokens whose')).toBe('true');

    await workbench.runCommand('Monosem: Close Comparison');
    await comparison.waitFor({ state: 'hidden' });
    // The diff editor that is still there has a button for it.
    await page.locator('.editor-actions [aria-label^="Compare Features"]').click();
    await group('Features gained (').waitFor();
    await page.keyboard.press('Control+S');
  });

  test('what the steering panel has written', async () => {
    const { page } = session;
    await workbench.runCommand('View: Close All Editors');
    await page.keyboard.press('Control+Shift+E');
    await workbench.openFile(left);
    const steering = await workbench.steerLine(1);
    await chooseIn(steering.locator('.feature-row').first(), 'Clamp');
    await steering.getByRole('button', { name: 'Run', exact: true }).click();
    const compare = steering.getByRole('button', { name: 'Compare in Editor' });
    await compare.waitFor({ timeout: openTimeout });
    await compare.click();
    await page.locator('.tab', { hasText: 'Baseline.txt ↔ Steered.txt' }).waitFor();
    await bothColoured();
    await workbench
      .pane('Comparison')
      .locator('.monaco-list-row', { hasText: 'Features gained (' })
      .waitFor({ timeout: openTimeout });
    await session.screenshot('comparison-steered');
  });
});
