// The steering panel in a real VS Code with a real model: changes that run by themselves, going on, undo, a sweep, the
// likelihood of a given continuation, both texts in a diff editor, and all of it again after the window was loaded anew.
import fs from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { openTimeout, sessionInSteps, slowly, story } from './session.ts';
import { chooseIn } from './steerPage.ts';

describe('a steering laboratory', () => {
  const session = sessionInSteps();
  const { workbench } = session;
  let steering: FrameLocator;

  beforeAll(async () => {
    await workbench.openFile(story);
    await workbench.closeSideBar();
  });

  const text = (side: 'baseline' | 'steered'): Promise<string> =>
    steering
      .locator(`.continuation-${side} .token`)
      .allInnerTexts()
      .then((tokens) => tokens.join(''));
  const status = (): Promise<string> => steering.locator('.status').innerText();
  const firstLine = async (): Promise<string> =>
    (await workbench.editor.innerText()).replaceAll('\u00a0', ' ').split('\n')[0]?.trim() ?? '';
  const row = () => steering.locator('.feature-row').first();
  const strength = () => row().getByLabel(/as a number$/u);
  const isOver = () => expect.poll(status, slowly).toMatch(/part at token|are equal over/u);

  test('an edit runs by itself, and again while its slider moves', async () => {
    steering = await workbench.steerLine(1);
    await steering.getByLabel('Tokens to generate, 1 to 200').fill('12');
    await chooseIn(row(), 'Clamp');
    await steering.locator('.continuation-steered .token').nth(3).waitFor({ timeout: openTimeout });
    await isOver();
    const [baseline, steered] = [await text('baseline'), await text('steered')];
    expect(steered).not.toBe(baseline);
    await row().locator('.slider').focus();
    for (let n = 0; n < 20; n++) await session.page.keyboard.press('ArrowRight');
    expect(await strength().inputValue()).toBe('3');
    await expect.poll(() => text('steered'), slowly).not.toBe(steered);
    await isOver();
    expect(await text('baseline')).toBe(baseline);
  });

  test('undo takes the slider back, and not the text in the editor', async () => {
    const before = await workbench.editor.innerText();
    await row().locator('.slider').focus();
    await session.page.keyboard.press('Control+z');
    expect(await strength().inputValue()).toBe('1');
    await session.page.keyboard.press('Control+Shift+z');
    expect(await strength().inputValue()).toBe('3');
    await isOver();
    expect(await workbench.editor.innerText()).toBe(before);
  });

  test('both texts go on where they ended', async () => {
    const [baseline, steered] = [await text('baseline'), await text('steered')];
    await steering.getByRole('button', { name: 'Continue' }).click();
    await expect.poll(status, slowly).toMatch(/of 24\./u);
    expect((await text('baseline')).startsWith(baseline)).toBe(true);
    expect((await text('steered')).startsWith(steered)).toBe(true);
    expect((await text('steered')).length).toBeGreaterThan(steered.length);
  });

  test('the edit is swept, and a strength is taken', async () => {
    await workbench.runCommand('Monosem: Sweep Strength');
    const sweep = steering.locator('.sweep');
    await sweep.getByLabel('Strengths to try, both ends included').fill('3');
    await sweep.getByRole('button', { name: 'Sweep', exact: true }).click();
    await sweep.locator('tbody').nth(3).waitFor({ timeout: openTimeout });
    expect(await sweep.locator('.plot').count()).toBe(3);
    await session.screenshot('sweep');
    const before = await text('steered');
    await sweep.getByRole('button', { name: '5', exact: true }).click();
    expect(await strength().inputValue()).toBe('5');
    await expect.poll(() => text('steered'), slowly).not.toBe(before);
    await isOver();
  });

  test('the likelihood of a given continuation follows the edit', async () => {
    const part = steering.locator('.likelihood');
    const cell = (row: number, column: number): Promise<string> =>
      part.locator('tbody tr').nth(row).locator('td').nth(column).innerText();
    await part.getByRole('button', { name: 'Likelihood of a given continuation' }).click();
    await part.locator('textarea').fill(' She took the lantern and went to the old house.');
    await part.getByRole('button', { name: 'Measure' }).click();
    const verdict = part.locator('.likelihood-verdict');
    await verdict.waitFor({ timeout: openTimeout });
    expect(await verdict.innerText()).toMatch(/times as likely as without them\.$/u);
    const [baseline, steered] = [await cell(0, 0), await cell(0, 1)];
    expect(steered).not.toBe(baseline);
    await strength().fill('1');
    await strength().press('Enter');
    await expect.poll(() => cell(0, 1), slowly).not.toBe(steered);
    expect(await cell(0, 0)).toBe(baseline);
    // The theme has the colours.
    const backgrounds = await part
      .locator('.judged-text :is(.is-harder, .is-easier) > .token-ink')
      .evaluateAll((inks) => inks.map((ink) => getComputedStyle(ink).backgroundColor));
    expect(new Set(backgrounds).size).toBeGreaterThan(1);
    expect(backgrounds).not.toContain('rgba(0, 0, 0, 0)');
    await isOver();
    await part.scrollIntoViewIfNeeded();
    await session.screenshot('likelihood');
    await strength().fill('5');
    await strength().press('Enter');
    await expect.poll(() => cell(0, 1), slowly).toBe(steered);
    await isOver();
  });

  test('a feature is searched by a word', async () => {
    await steering.getByRole('button', { name: 'Search…' }).click();
    await workbench.quickInput.locator('input').first().fill('cat');
    await workbench.offers.filter({ hasText: 'cat' }).first().waitFor({ timeout: openTimeout });
    const found = await workbench.offers.first().innerText();
    await session.screenshot('search');
    await session.page.keyboard.press('Enter');
    const number = /#(\d+)/u.exec(found)?.[1] ?? '';
    await steering.locator(`.feature-row[data-feature="${number}"] .operation:focus`).waitFor();
    await row().getByRole('button', { name: 'Remove feature' }).click();
    await steering.locator(`[data-feature="${number}"]`).waitFor({ state: 'detached' });
  });

  test('two texts make a direction, and the model is steered along it', async () => {
    await steering.getByRole('button', { name: 'New Direction' }).click();
    const form = steering.getByRole('group', { name: 'New Direction' });
    await form.getByLabel('More like this').locator('textarea').fill('The dog barked and ran.');
    await form.getByLabel('Less like that').locator('textarea').fill('Lily was happy.');
    const before = await text('steered');
    await form.getByRole('button', { name: 'Make Direction' }).click();
    const made = steering.locator('.direction-row').first();
    await made.locator('.operation:focus').waitFor({ timeout: openTimeout });
    await made.locator('.operation').click();
    await made.locator('vscode-option', { hasText: 'Add' }).click();
    await expect.poll(() => text('steered'), slowly).not.toBe(before);
    await isOver();
    await session.screenshot('direction');
    await made.getByRole('button', { name: 'Remove direction' }).click();
    await expect.poll(() => text('steered'), slowly).toBe(before);
    await isOver();
  });

  test('what was arranged is kept as a preset', async () => {
    await workbench.runAskingCommand('Monosem: Save Steering Preset');
    await workbench.quickInput.getByText('Name of the preset').waitFor({ timeout: openTimeout });
    await workbench.quickInput.locator('input').first().fill('five');
    await session.page.keyboard.press('Enter');
    const file = path.join(session.workspace, '.monosem', 'steering', 'five.json');
    await expect.poll(() => fs.existsSync(file), slowly).toBe(true);
    expect(fs.readFileSync(file, 'utf8')).toContain('=5max');
  });

  test('all of it is there again when the window was loaded anew', async () => {
    const steered = await text('steered');
    // A reload of the page alone may come before VS Code has written down what its views keep.
    const loaded = session.page.waitForEvent('load');
    await workbench.runCommand('Developer: Reload Window');
    await loaded;
    await workbench.ready();
    steering = await workbench.view('.feature-row');
    expect(await strength().inputValue()).toBe('5');
    expect(await text('steered')).toBe(steered);
    expect(await steering.locator('.sweep tbody').count()).toBe(4);
    expect(await steering.locator('.judged-text').innerText()).toContain('took the lantern');
    // The text it came from is open again, and takes the result.
    expect(await steering.getByText('Insert').count()).toBe(2);
    await steering.locator('.continuation-steered').getByText('Replace').click();
    await expect.poll(() => firstLine(), slowly).toBe(steered.trim());
    await session.screenshot('replaced');
  });

  test('the preset takes the place of another strength', async () => {
    const steered = await text('steered');
    await strength().fill('2');
    await strength().press('Enter');
    await expect.poll(() => text('steered'), slowly).not.toBe(steered);
    await isOver();
    await workbench.runAskingCommand('Monosem: Load Steering Preset');
    await workbench.answer('five');
    await expect.poll(() => strength().inputValue(), slowly).toBe('5');
    await steering.getByRole('button', { name: 'Run', exact: true }).click();
    await expect.poll(() => text('steered'), slowly).toBe(steered);
    await isOver();
  });

  test('both texts open in a diff editor', async () => {
    await steering.getByRole('button', { name: 'Open Diff' }).click();
    await session.page.locator('.monaco-diff-editor .editor.modified .view-line').first().waitFor();
    await session.page.locator('.tab', { hasText: 'Baseline ↔ Steered' }).waitFor();
    await session.screenshot('steered-diff');
  });
});
