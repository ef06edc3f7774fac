// The lists at the side as a person meets them: features of the file, ranked and filtered, the places below them, what is
// pinned, and the models.
import type { Locator } from 'playwright-core';
import { beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { Session } from './session.ts';
import { Workbench } from './workbench.ts';

const story = 'lily-and-the-lantern.txt';
const features = 'Features of This File';
const collection = 'Pinned and Recent';
const models = 'Models and SAEs';
/** The engine starts and a model is loaded: seconds, unless something else has the processor. */
const openTimeout = 120_000;
const slowly = { timeout: openTimeout, interval: 500 };

describe('the lists at the side', () => {
  let session: Session;
  let workbench: Workbench;

  beforeAll(async () => {
    session = await Session.start();
    workbench = new Workbench(session.page);
    await workbench.ready();
    return async () => session.close();
  });

  test('features of the file, filter, places, pins, models', async () => {
    onTestFailed(() => session.keepEvidence('trees'));
    const { page } = session;
    const rows = (view: string): Locator => workbench.listRows(view);
    const box = page.locator('.quick-input-widget');

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
    await box.filter({ hasText: 'Numbers of features' }).waitFor();
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
    await box.locator('.monaco-list-row', { hasText: 'Density ratio' }).click();
    await expect.poll(() => rows(features).first().innerText()).toMatch(/[\d.]+× · \d/);

    await workbench.runAskingCommand('Monosem: Rank Features By…');
    await box.locator('.monaco-list-row', { hasText: 'Surprise' }).click();
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
