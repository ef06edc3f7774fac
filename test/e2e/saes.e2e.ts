// Two SAEs at once as a person meets them: whose features are painted is read in the status bar and changed from there,
// the hover shows those of both, and an SAE that does not belong where its config says is told.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../scripts/setup/paths.mjs';
import { misplacedSite, ownSite, writeMisplacedSae } from '../fixtures/misplacedSae.ts';
import { openTimeout, sharedSession, slowly, story } from './session.ts';

const word = 'lighthouse';

describe('two SAEs at once', () => {
  const session = sharedSession(({ scratch }) => {
    const misplaced = path.join(scratch, 'misplaced');
    const own = writeMisplacedSae(root, misplaced);
    return { settings: { 'monosem.saes': [own, misplaced] } };
  });
  const { workbench } = session;

  test('painted one, hover, warning, choice', async () => {
    const { page } = session;
    const rows = workbench.offers;
    await workbench.openFile(story);
    await workbench.coloured.first().waitFor({ timeout: openTimeout });
    await expect.poll(() => workbench.statusItem.innerText(), slowly).toContain(ownSite);

    const warning = page.locator('.notification-toast', { hasText: 'names the wrong site' });
    await warning.first().waitFor({ timeout: openTimeout });
    expect(await warning.first().innerText()).toContain('Choose Sparse Autoencoders…');
    await session.screenshot('sae-warning');
    await workbench.runCommand('Notifications: Clear All Notifications');

    await workbench.hoverOver(word);
    const text = await workbench.hover.innerText();
    expect(text.indexOf(ownSite)).toBeGreaterThan(0);
    expect(text.indexOf(misplacedSite)).toBeGreaterThan(text.indexOf(ownSite));
    await session.screenshot('hover-two-saes');
    await page.keyboard.press('Escape');

    await workbench.statusItem.click();
    await rows.filter({ hasText: 'Show Features Of…' }).click();
    await rows.filter({ hasText: misplacedSite }).waitFor();
    await session.screenshot('show-features-of');
    await rows.filter({ hasText: misplacedSite }).click();
    await expect.poll(() => workbench.statusItem.innerText(), slowly).toContain(misplacedSite);

    await workbench.runAskingCommand('Monosem: Choose Sparse Autoencoders…');
    await rows.filter({ hasText: 'misplaced' }).waitFor();
    await session.screenshot('choose-saes');
    await rows.filter({ hasText: 'misplaced' }).click();
    await workbench.quickInput.getByRole('button', { name: 'OK' }).click();
    await expect
      .poll(() => workbench.statusItem.innerText(), slowly)
      .not.toMatch(new RegExp(`${misplacedSite}|${ownSite}`));
    await workbench.coloured.first().waitFor({ timeout: openTimeout });
  });
});
