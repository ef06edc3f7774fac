// The laboratory in the steering view: units, conditions, what changed from token to token, sweeps.
import { expect, test } from 'vitest';
import { choose, openSteer, play, playToEnd } from './steerPage.ts';
import type { ThemeName } from './themes.ts';
import { prompt, sae, steerState, steps } from './webviewMessages.ts';
import { useBrowser } from './webviewPage.ts';

useBrowser();

test('units, conditions and ranges of tokens', async () => {
  const view = await openSteer(['dark', 760], steerState());
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
  await row.getByRole('checkbox', { name: 'Drop the error' }).click();
  const ranges = row.getByLabel('Only these tokens of the text');
  await ranges.fill('4 to 9');
  const problem = '“4 to 9” are no ranges of tokens: write them like 4-9, 12-.';
  expect(await row.locator('.field-problem:visible').innerText()).toBe(problem);
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
        ...{ onlyActive: true, dropsError: true },
        positions: { scope: 'generated', ranges: [{ from: 4, to: 10 }, { from: 12 }] },
      },
    ],
  });
  expect(view.problems).toEqual([]);
  await view.close();
});

test('keys that only pass over the operation of an edit leave its strength alone', async () => {
  const view = await openSteer(['dark', 760], steerState());
  const { page } = view;
  await choose(view, 88, 'Clamp');
  const field = page.locator('[data-feature="88"] .number-field');
  await field.fill('5');
  // Drawn anew, the list does not remember that it was opened.
  await view.send(steerState());
  await page.locator('[data-feature="88"] .operation').focus();
  await page.keyboard.press('F1');
  await page.keyboard.press('Tab');
  expect(await field.inputValue()).toBe('5');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('ArrowDown');
  expect(await page.locator('[data-feature="88"] .explanation').innerText()).toContain('is added');
  await view.close();
});

test('a feature without a feature store has no multiples of a max', async () => {
  const features = steerState().features.map((each) => ({ ...each, inStore: false }));
  const view = await openSteer(['dark', 760], steerState({ features }));
  await choose(view, 88, 'Clamp');
  expect(await view.page.locator('[data-feature="88"] .unit').count()).toBe(0);
  await view.close();
});

test('with Live a change runs by itself, and the baseline stays where it is', async () => {
  const view = await openSteer(['dark', 760], steerState({ isLive: true }));
  const { page } = view;
  const count = async (): Promise<number> =>
    (await view.posted()).filter(({ kind }) => kind === 'run').length;
  await choose(view, 88, 'Clamp');
  await expect.poll(count).toBe(1);
  await playToEnd(view, steps());
  const baseline = page.locator('.continuation-baseline .token');
  const written = await baseline.allInnerTexts();
  await page.locator('[data-feature="88"] .slider').focus();
  for (let n = 0; n < 6; n++) await page.keyboard.press('ArrowRight');
  await expect.poll(count).toBe(2);
  expect((await view.posted()).at(-1)).toMatchObject({ edits: [{ amount: 1.6, unit: 'max' }] });
  expect(await baseline.allInnerTexts()).toEqual(written);
  expect(await page.locator('.continuation-steered .token').count()).toBe(0);
  await play(view, steps().slice(0, 5));
  expect(await baseline.allInnerTexts()).toEqual(written);
  expect(await page.locator('.continuation-steered .token').count()).toBe(5);
  await view.screenshot('steer-live');
  await page.getByRole('checkbox', { name: 'Live' }).click();
  expect((await view.posted()).at(-1)).toEqual({ kind: 'setLive', isLive: false });
  await page.keyboard.press('Tab');
  expect(view.problems).toEqual([]);
  await view.close();
});

test('settings of the generation, and going on behind both texts', async () => {
  const view = await openSteer(['dark', 760], steerState({ hasChatTemplate: true }));
  const { page } = view;
  const settings = page.getByRole('group', { name: 'Settings' });
  await settings.getByLabel('Samples: ').fill('4');
  await settings.getByRole('checkbox', { name: 'Chat' }).click();
  await settings.getByRole('button', { name: 'More' }).click();
  await settings.getByLabel('Top-k: ').fill('40');
  await settings.getByLabel('Repetition: ').fill('1.2');
  await settings.getByLabel('Stop strings').locator('textarea').fill('###\n\\n\\n');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  expect((await view.posted()).at(-1)).toMatchObject({
    settings: {
      ...{ maxTokens: 60, temperature: 0.7, seed: 16, samples: 4, chat: true },
      ...{ topK: 40, repetitionPenalty: 1.2, stop: ['###', '\n\n'] },
    },
  });
  const all = [0, 1, 2, 3].flatMap((sample) => steps().map((step) => ({ ...step, sample })));
  await playToEnd(view, all.slice(0, 150));
  expect(await page.locator('.sample-pager').innerText()).toContain('Sample 1 of 3');
  await page.getByRole('button', { name: 'Next sample' }).click();
  expect(await page.locator('.sample-pager').innerText()).toContain('Sample 2 of 3');
  await view.screenshot('steer-settings');
  await page.getByRole('button', { name: 'Continue' }).click();
  const last = (await view.posted()).at(-1);
  expect(last).toMatchObject({ kind: 'run', continuing: [{}, {}, {}] });
  expect(view.problems).toEqual([]);
  await view.close();
});

test.for<ThemeName>(['dark', 'light', 'high-contrast'])(
  'what both models expected in a step, by mouse and keys: %s',
  async (theme) => {
    const view = await openSteer([theme, 900], steerState());
    const { page } = view;
    await choose(view, 2417, 'Clamp');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await playToEnd(view, steps());
    const head = page.locator('.step-head');
    // The first token that differs, until another one is chosen.
    expect(await head.innerText()).toContain('Token 3: ␣said became ␣jumped');
    const strip = page.getByRole('slider', { name: /^KL per token/u });
    await strip.focus();
    await page.keyboard.press('ArrowRight');
    expect(await head.innerText()).toContain('Token 4: ');
    expect(await strip.getAttribute('aria-valuetext')).toBe(await head.innerText());
    await page.locator('.kl-slot').nth(4).hover();
    expect(await head.innerText()).toContain('Token 5: ');
    await page.locator('.kl-slot').nth(7).click();
    await page.mouse.move(0, 0);
    expect(await head.innerText()).toContain('Token 8: ');
    expect(await page.locator('.expected').count()).toBe(2);
    expect(await page.locator('.expected tbody tr').count()).toBe(20);
    await view.screenshot(`steer-step-${theme}`);
    expect(view.problems).toEqual([]);
    await view.close();
  },
);

test('edits and settings are undone and redone, by buttons and keys, and the focus stays', async () => {
  const view = await openSteer(['dark', 760], steerState());
  const { page } = view;
  await choose(view, 88, 'Clamp');
  const slider = page.locator('[data-feature="88"] .slider');
  await slider.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.getByLabel('Seed; the same seed draws the same tokens').fill('99');
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  expect(await page.getByLabel('Seed; the same').inputValue()).toBe('16');
  await slider.focus();
  await page.keyboard.press('Control+z');
  expect(await page.locator('[data-feature="88"] .number-field').inputValue()).toBe('1');
  expect(await page.locator('[data-feature="88"] .slider:focus').count()).toBe(1);
  await page.keyboard.press('Control+z');
  expect(await page.locator('.is-edited').count()).toBe(0);
  const back = page.getByRole('button', { name: 'Undo', exact: true });
  await expect.poll(() => back.isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Redo' }).click();
  await page.keyboard.press('Control+Shift+z');
  await page.keyboard.press('Control+Shift+z');
  expect(await page.locator('[data-feature="88"] .number-field').inputValue()).toBe('1.2');
  expect(await page.getByLabel('Seed; the same').inputValue()).toBe('99');
  // The prompt has an undo of its own.
  await page.locator('vscode-text-area').first().click();
  await page.keyboard.press('Control+z');
  expect(await page.getByLabel('Seed; the same').inputValue()).toBe('99');
  expect(view.problems).toEqual([]);
  await view.close();
});

test('a result is inserted, takes the place of the selection, or is shown as a difference', async () => {
  const view = await openSteer(['light', 760], steerState({ canReplace: true }));
  const { page } = view;
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await playToEnd(view, steps());
  await page.locator('.continuation-steered').getByText('Replace').click();
  expect((await view.posted()).at(-1)).toMatchObject({ kind: 'replace' });
  await page.getByRole('button', { name: 'Open Diff' }).click();
  expect((await view.posted()).at(-1)).toMatchObject({ kind: 'diff', prompt });
  await view.close();
});
