// Every view as a person sees it, in light, dark and high contrast, and a change of theme while something is painted.
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/setup/paths.mjs';
import { writeNeuronSae } from '../fixtures/neuronSae.ts';
import { openTimeout, sharedSession, slowly, story } from './session.ts';
import type { Look } from './workbench.ts';

const ownSite = 'blocks.2.hook_resid_post';
const ownSae = path.join(root, 'models', 'stories15M', 'saes', ownSite);
/** In an MLP layer of the embedded model. */
const neurons = 768;

/** Names of themes, and the class that each kind has in the workbench. */
const themes = {
  dark: ['Default Dark Modern', 'vs-dark'],
  light: ['Default Light Modern', 'vs'],
  'high-contrast': ['Default High Contrast', 'hc-black'],
  'high-contrast-light': ['Default High Contrast Light', 'hc-light'],
} as const;
type Theme = keyof typeof themes;

const nothing = 'rgba(0, 0, 0, 0)';
const isBehind = ({ background, line }: Look): boolean => background !== nothing && line === 0;
/** Further pinned features are active there: it lies on top of a colour. */
const isMark = ({ background, line }: Look): boolean => background === nothing && line === 1;
const isBelow = ({ background, line }: Look): boolean => background === nothing && line > 0;

interface LookOptions {
  /** Marks lie on top of colours. */
  readonly hasMarks?: boolean;
  /** Of the workspace, beside the theme. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

describe('views of a text', () => {
  const session = sharedSession();
  const { workbench } = session;

  beforeAll(async () => {
    await workbench.openFile(story);
    await workbench.closeSideBar();
    await workbench.coloured.first().waitFor({ timeout: openTimeout });
  });

  const write = (settings: Readonly<Record<string, unknown>>): void => {
    const folder = path.join(session.workspace, '.vscode');
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, 'settings.json'), JSON.stringify(settings));
  };
  /** Waits for a theme, and until what is painted looks as it should in it. @returns how much is painted */
  const lookAt = async (
    theme: Theme,
    least: number,
    { hasMarks = false, settings = {} }: LookOptions = {},
  ): Promise<number> => {
    const [name, kind] = themes[theme];
    write({ ...settings, 'workbench.colorTheme': name });
    await session.page.locator(`.monaco-workbench.${kind}`).waitFor();
    const isColour = theme.startsWith('high') ? isBelow : isBehind;
    const isSo = (look: Look): boolean => isColour(look) || (hasMarks && isMark(look));
    const count = async (): Promise<number> => {
      const looks = await workbench.looks();
      return looks.every(isSo) && looks.some(isColour) ? looks.length : 0;
    };
    await expect.poll(count, slowly).toBeGreaterThanOrEqual(least);
    return count();
  };
  const changeView = async (...answers: readonly (string | RegExp)[]): Promise<void> => {
    await workbench.runAskingCommand('Monosem: Change View');
    for (const answer of answers) await workbench.answer(answer);
  };

  test('themes of high contrast have lines below the text, others colours behind it', async () => {
    const counts: number[] = [];
    for (const theme of ['dark', 'high-contrast', 'light', 'high-contrast-light'] as const) {
      counts.push(await lookAt(theme, 60));
      await session.screenshot(`view-top-${theme}`);
    }
    expect(new Set(counts).size, counts.join()).toBe(1);
    const looks = await workbench.looks();
    expect(new Set(looks.map(({ line }) => line)).size).toBeGreaterThan(2);
  });

  test('names stand behind the lines when they are wanted', async () => {
    write({ 'monosem.decorations.lineLabels': true });
    await expect.poll(() => workbench.lineLabels(), slowly).not.toEqual([]);
    for (const label of await workbench.lineLabels()) expect(label).toMatch(/^#\d+/);
    await session.screenshot('line-labels');
    write({});
    await expect.poll(() => workbench.lineLabels(), slowly).toEqual([]);
  });

  test.for<[view: string, least: number, status: RegExp, ...answers: (string | RegExp)[]]>([
    ['feature', 2, /· #\d+/, 'One Feature', /^#\d+/],
    ['ablation', 2, /· ablation of #\d+/, 'Ablation Map', /^#\d+/],
    ['surprise', 30, /· surprise/, 'Next-Token Surprise'],
    ['neurons', 60, /· neurons of block 3/, 'Neurons of a Layer', 'MLP neurons of block 3'],
    ['boundaries', 60, /· boundaries/, 'Token Boundaries'],
  ])('%s', async ([view, least, status, ...answers]) => {
    await changeView(...answers);
    await expect.poll(() => workbench.statusItem.innerText(), slowly).toMatch(status);
    await expect.poll(() => workbench.isBusy(), slowly).toBe(false);
    let count = 0;
    for (const theme of ['light', 'high-contrast', 'dark'] as const) {
      count = await lookAt(theme, least);
      await session.screenshot(`view-${view}-${theme}`);
    }
    expect(await lookAt('light', count)).toBe(count);
  });

  test('pinned', async () => {
    await changeView('Strongest Features');
    await expect.poll(() => workbench.isBusy(), slowly).toBe(false);
    for (const word of ['lantern', 'cat', 'boat', 'brave']) {
      await workbench.hoverOver(word);
      await workbench.hover.locator('a', { hasText: /^pin$/ }).first().click();
      await session.page.keyboard.press('Escape');
    }
    await changeView('Pinned Features');
    await expect.poll(() => workbench.statusItem.innerText(), slowly).toMatch(/· pinned/);
    await expect.poll(() => workbench.isBusy(), slowly).toBe(false);
    for (const theme of ['light', 'high-contrast', 'dark'] as const) {
      await lookAt(theme, 4, { hasMarks: true });
      await session.screenshot(`view-pinned-${theme}`);
    }
  });

  test('all SAEs, of several sites', async () => {
    const second = path.join(session.workspace, 'blocks.4.mlp.hook_post');
    await writeNeuronSae(second, 4, neurons);
    const settings = { 'monosem.saes': [ownSae, second] };
    await changeView('Strongest Features');
    write(settings);
    // Where several are known to be active, the status bar says which one is painted.
    await expect.poll(() => workbench.statusItem.innerText(), slowly).toContain(ownSite);
    await changeView('Strongest Features of All SAEs');
    await expect.poll(() => workbench.statusItem.innerText(), slowly).toMatch(/· all SAEs/);
    await expect.poll(() => workbench.isBusy(), slowly).toBe(false);
    for (const theme of ['light', 'high-contrast', 'dark'] as const) {
      await lookAt(theme, 60, { settings });
      await session.screenshot(`view-merged-${theme}`);
    }
    write({});
  });

  test('a view is seen while somebody goes through the list, and left with the list', async () => {
    await changeView('Strongest Features');
    await expect.poll(() => workbench.isBusy(), slowly).toBe(false);
    await workbench.runAskingCommand('Monosem: Change View');
    await workbench.goTo('Token Boundaries');
    await expect.poll(() => workbench.statusItem.innerText(), slowly).toMatch(/· boundaries/);
    await session.page.keyboard.press('Escape');
    await expect.poll(() => workbench.statusItem.innerText(), slowly).not.toMatch(/·/);
  });

  test('a neuron that is looked up is called one, above its panel and in it', async () => {
    await changeView('Neurons of a Layer', 'MLP neurons of block 3');
    await expect.poll(() => workbench.statusItem.innerText(), slowly).toMatch(/· neurons/);
    await expect.poll(() => workbench.isBusy(), slowly).toBe(false);
    await workbench.hoverOver('lantern');
    const link = workbench.hover.locator('a', { hasText: /^#\d+$/ }).first();
    const neuron = (await link.innerText()).slice(1);
    await link.click();
    await workbench.view('h1', `Neuron ${neuron}`);
    await workbench.paneHeader('Neuron').waitFor();
  });

  test('off', async () => {
    await changeView('Off');
    await expect.poll(() => workbench.coloured.count(), slowly).toBe(0);
  });
});
