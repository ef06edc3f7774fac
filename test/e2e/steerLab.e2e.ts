// The laboratory in the steering view: units, conditions, what changed from token to token, sweeps.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { choose, openSteer } from './steerPage.ts';
import { sae, steerState } from './webviewMessages.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

test('units, conditions and ranges of tokens', async () => {
  const view = await openSteer(browser, ['dark', 760], steerState());
  const { page } = view;
  await choose(view, 88, 'Add');
  const row = page.locator('[data-feature="88"]');
  const explanation = row.locator('.explanation');
  expect(await explanation.innerText()).toBe('6.42 is added, 1× its max. On all tokens.');
  await row.locator('.unit').click();
  await row.locator('vscode-option', { hasText: '× norm' }).click();
  expect(await explanation.innerText()).toContain('0.5× the norm of the stream is added');
  const more = row.getByRole('button', { name: 'More' });
  expect(await row.locator('.conditions').isVisible()).toBe(false);
  await more.click();
  await row.getByLabel('Tokens on which feature 88 is edited').click();
  await row.locator('vscode-option', { hasText: 'Continuation only' }).click();
  await row.getByRole('checkbox', { name: 'Only where active' }).click();
  expect(await row.getByRole('checkbox', { name: 'Drop the error' }).isDisabled()).toBe(true);
  const ranges = row.getByLabel('Only these tokens of the text');
  await ranges.fill('4 to 9');
  const problem = '“4 to 9” are no ranges of tokens: write them like 4-9, 12-.';
  expect(await row.locator('.field-problem').innerText()).toBe(problem);
  expect(await page.locator('.status').innerText()).toBe(problem);
  await view.screenshot('steer-conditions');
  await page.keyboard.press('Control+Enter');
  expect((await view.posted()).map(({ kind }) => kind)).not.toContain('run');
  await ranges.fill('4-9, 12-');
  await page.keyboard.press('Control+Enter');
  expect((await view.posted()).at(-1)).toMatchObject({
    edits: [
      {
        ...{ sae, feature: 88, operation: 'add', amount: 0.5, unit: 'residual' },
        onlyActive: true,
        positions: { scope: 'generated', ranges: [{ from: 4, to: 10 }, { from: 12 }] },
      },
    ],
  });
  expect(view.problems).toEqual([]);
  await view.close();
});

test('a feature without a feature store has no multiples of a max', async () => {
  const features = steerState().features.map((each) => ({ ...each, inStore: false }));
  const view = await openSteer(browser, ['dark', 760], steerState({ features }));
  await choose(view, 88, 'Clamp');
  expect(await view.page.locator('[data-feature="88"] .unit').count()).toBe(0);
  await view.close();
});
