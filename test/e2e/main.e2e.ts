// The main job as a person does it, in a real VS Code in a real browser: open a file, see the features of its tokens,
// look one up, steer a selection, read what the steered model writes and take it into the file.
import fs from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { openTimeout, sessionInSteps, slowly, story } from './session.ts';
import { chooseIn } from './steerPage.ts';

const word = 'lighthouse';

describe('a story under the microscope', () => {
  const session = sessionInSteps();
  const { workbench } = session;
  let steering: FrameLocator;

  test('a sample opens and its tokens take the colours of features', async () => {
    await workbench.openFile(story);
    await workbench.coloured.first().waitFor({ timeout: openTimeout });
    await expect.poll(() => workbench.coloured.count(), slowly).toBeGreaterThan(60);
    const colours = await workbench.colours();
    expect(colours.size).toBeGreaterThan(5);
    await session.screenshot('decorations');
  });

  test('a hover lists the features of a token, each with a bar', async () => {
    await workbench.hoverOver(word);
    const text = await workbench.hover.innerText();
    expect(text).toMatch(/#\d+/);
    expect(text).toContain('█');
    expect(await workbench.hover.locator('a', { hasText: /^#\d+$/ }).count()).toBeGreaterThan(1);
    await session.screenshot('hover');
  });

  test('a click on a feature shows where else it is active', async () => {
    const link = workbench.hover.locator('a', { hasText: /^#\d+$/ }).first();
    const feature = (await link.innerText()).slice(1);
    await link.click();
    const panel = await workbench.view('h1', `Feature ${feature}`);
    await panel.locator('.example').first().waitFor();
    expect(await panel.locator('.example').count()).toBeGreaterThan(0);
    expect(await panel.locator('.token-peak').first().innerText()).not.toBe('');
    await session.screenshot('feature');
  });

  test('a selection opens for steering with the features active in it', async () => {
    await workbench.closeSideBar();
    steering = await workbench.steerLine(1);
    expect(await steering.locator('.feature-row').count()).toBeGreaterThan(3);
    const source = (await steering.locator('.source').innerText()).split(' · ');
    expect(source).toEqual([...new Set(source)]);
    await session.screenshot('steering');
  });

  test('an edit changes what the model writes, beside the baseline', async () => {
    const row = steering.locator('.feature-row').first();
    await chooseIn(row, 'Clamp');
    await row.locator('.explanation').waitFor();
    await steering.getByRole('button', { name: 'Run', exact: true }).click();
    const side = (name: string): Promise<string> =>
      steering.locator(`.continuation-${name} .continuation-text`).innerText();
    await steering.locator('.continuation-steered .token').nth(3).waitFor({ timeout: openTimeout });
    await steering
      .getByRole('button', { name: 'Stop' })
      .waitFor({ state: 'hidden', timeout: openTimeout });
    expect((await side('baseline')).length).toBeGreaterThan(40);
    expect(await side('steered')).not.toBe(await side('baseline'));
    await steering.locator('.results').scrollIntoViewIfNeeded();
    await session.screenshot('steered');
  });

  test('the steered text goes into the file', async () => {
    const savedText = async (): Promise<string> => {
      await session.page.keyboard.press('Control+S');
      return fs.promises.readFile(path.join(session.workspace, story), 'utf8');
    };
    const before = await savedText();
    const steered = steering.locator('.continuation-steered');
    const tokens = await steered.locator('.token').allTextContents();
    await steered.getByRole('button', { name: 'Insert' }).click();
    await expect.poll(() => savedText(), slowly).not.toBe(before);
    // The view marks line ends, the file has none of the marks.
    const shown = tokens.slice(0, 4).join('').replaceAll('⏎', '');
    expect(await savedText()).toContain(shown.trim());
    await session.screenshot('inserted');
  });
});
