// The lists at the side as a person meets them: features of the file, ranked and filtered, the places below them, what is
// pinned, and the models.
import type { Locator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openTimeout, sharedSession, slowly, story } from './session.ts';

const features = 'Features of This File';
const collection = 'Pinned and Recent';
const models = 'Models and SAEs';

describe('the lists at the side', () => {
  const session = sharedSession();
  const { workbench } = session;

  test('features of the file, filter, places, pins, models', async () => {
    const { page } = session;
    const rows = (view: string): Locator => workbench.listRows(view);

    // Before a file is open, the list says what would be here.
    await workbench.openContainer('Monosem');
    await page.getByRole('button', { name: 'Open File' }).waitFor();

    await workbench.openContainer('Explorer');
    await workbench.openFile(story);
    await workbench.openContainer('Monosem');
    await rows(features).first().waitFor({ timeout: openTimeout });
    await expect.poll(() => rows(features).first().innerText(), slowly).toMatch(/^#\d+ .+tokens/s);

    // Typing narrows the list down at once, and Escape brings back what was there.
    const first = await rows(features).first().innerText();
    await workbench.runAskingCommand('Monosem: Filter Features…');
    await workbench.quickInput.filter({ hasText: 'Numbers of features' }).waitFor();
    await page.keyboard.type('#31');
    await expect.poll(() => workbench.listMessage(features).innerText()).toContain('Filter “#31”');
    await expect
      .poll(async () => (await rows(features).allInnerTexts()).every((text) => /^#31/.test(text)))
      .toBe(true);
    await session.screenshot('file-features-filter');
    await page.keyboard.press('Escape');
    await expect.poll(() => rows(features).first().innerText()).toBe(first);

    // Below a feature are its places; a click selects the token.
    await rows(features).first().locator('.monaco-tl-twistie').click();
    const place = rows(features)
      .filter({ hasText: /line \d+ · / })
      .first();
    await place.click();
    await session.screenshot('file-features');

    await rows(features).first().hover();
    await rows(features).first().getByRole('button', { name: 'Pin Feature' }).click();
    await workbench.openView(collection);
    await rows(collection).filter({ hasText: 'tokens here' }).first().waitFor();

    await workbench.runAskingCommand('Monosem: Rank Features By…');
    await workbench.answer('Density ratio');
    await expect.poll(() => rows(features).first().innerText()).toMatch(/[\d.]+× · \d/);

    await workbench.runAskingCommand('Monosem: Rank Features By…');
    await workbench.answer('Surprise');
    await page.getByRole('button', { name: 'Compute Losses' }).waitFor();
    await page.getByRole('button', { name: 'Compute Losses' }).click();
    await expect.poll(() => rows(features).first().innerText(), slowly).toContain('nats');

    await workbench.openView(models);
    await rows(models).filter({ hasText: 'on CPU' }).first().waitFor({ timeout: openTimeout });
    await rows(models)
      .filter({ hasText: /used · [\d,]+ features/ })
      .first()
      .waitFor();
    await session.screenshot('models-and-saes');
  });
});
