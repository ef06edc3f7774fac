// The two views, each alone in a plain browser page under the colours and the content security policy of VS Code: what
// they show, what they say to the host, and that text from a model stays text.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { featureIndex } from '../../src/shared/units.ts';
import type { ToFeatureView, ToSteerView } from '../../src/shared/webviewProtocol.ts';
import type { ThemeName } from './themes.ts';
import {
  exampleOf,
  featureState,
  otherSae,
  prompt,
  sae,
  steerFeature,
  steerState,
  steps,
  twoSaes,
} from './webviewMessages.ts';
import { type ViewPage, openView } from './webviewPage.ts';

const hostile = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

async function openFeature(
  theme: ThemeName,
  width: number,
  ...messages: readonly ToFeatureView[]
): Promise<ViewPage> {
  const view = await openView(browser, { view: 'feature', theme, width });
  for (const message of messages) await view.send(message);
  return view;
}

async function openSteer(
  theme: ThemeName,
  width: number,
  ...messages: readonly ToSteerView[]
): Promise<ViewPage> {
  const view = await openView(browser, { view: 'steer', theme, width });
  for (const message of messages) await view.send(message);
  return view;
}

async function choose({ page }: ViewPage, feature: number, operation: string): Promise<void> {
  const row = page.locator(`[data-feature="${String(feature)}"]`);
  await row.locator('.operation').click();
  await row.locator('vscode-option', { hasText: operation }).click();
}

async function isHacked({ page }: ViewPage): Promise<boolean> {
  return page.evaluate(() => 'hacked' in globalThis || document.querySelector('main img') !== null);
}

describe('feature view', () => {
  test.for<[ThemeName, number]>([
    ['dark', 320],
    ['light', 320],
    ['high-contrast', 320],
    ['light', 200],
    ['dark', 1000],
  ])('shows a feature: %s, %i px', async ([theme, width]) => {
    const view = await openFeature(theme, width, featureState());
    const { page } = view;
    expect(await view.posted()).toEqual([{ kind: 'ready' }]);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Feature 2417');
    expect(await page.locator('.token-name').allInnerTexts()).toEqual([
      'swim',
      'swam',
      'swimming',
      'splash',
      'float',
    ]);
    expect(await page.locator('.fact').allInnerTexts()).toEqual([
      'Density\n0.87%',
      'Max\n8.13',
      'Mean\n1.93',
    ]);
    expect(await page.locator('.histogram-bar').count()).toBe(50);
    const firstPeak = page.locator('.example').first().locator('.token-peak');
    expect((await firstPeak.innerText()).trim()).toBe('swam');
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await view.screenshot(`feature-${theme}-${String(width)}`);
    expect(view.problems).toEqual([]);
    await view.close();
  });

  test('tokens say their activation on hover and by keyboard', async () => {
    const view = await openFeature('dark', 320, featureState());
    const { page } = view;
    const first = page.locator('.example').first();
    await first.locator('.token', { hasText: 'water' }).hover();
    expect(await page.getByRole('tooltip').allInnerTexts()).toEqual([
      '␣water\nactivation 5.04 (0.62× max)',
    ]);
    await first.locator('.token-peak').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tooltip').allInnerTexts()).toEqual(['␣close\nnot active']);
    await view.close();
  });

  test('context grows on demand and stays chosen', async () => {
    const view = await openFeature('dark', 320, featureState());
    const { page } = view;
    const second = page.locator('.example').nth(1);
    expect(await second.innerText()).not.toContain('One day a boat');
    await second.getByRole('button', { name: 'Show the text before' }).click();
    expect(await second.innerText()).toContain('One day a boat');
    await page.getByRole('button', { name: 'More context' }).click();
    expect(await page.locator('.example').first().innerText()).toContain('Tom and his dad');
    expect(await view.storedState()).toEqual({ isFullContext: true });
    await view.close();
  });

  test('asks for other features, for steering, and copies an example', async () => {
    const view = await openFeature('light', 320, featureState());
    const { page } = view;
    await page.getByRole('button', { name: 'Next feature' }).click();
    await page.getByRole('button', { name: 'Previous feature' }).click();
    await page.getByLabel('Go to the feature with this number').fill('12');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Steer This Feature' }).click();
    expect((await view.posted()).slice(1)).toEqual([
      { kind: 'openFeature', sae, feature: 2418 },
      { kind: 'openFeature', sae, feature: 2416 },
      { kind: 'openFeature', sae, feature: 12 },
      { kind: 'steerFeature', sae, feature: 2417 },
    ]);
    await page.locator('.example').nth(3).hover();
    await page.getByRole('button', { name: 'Copy example 4' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'The frog jumped into the river with a splash. "Swimming is the best!" he sang.',
    );
    await view.close();
  });

  test('explains itself when there is nothing to show', async () => {
    const hint = 'Put the cursor on a token and choose a feature.';
    const view = await openFeature('dark', 320, { kind: 'empty', hint });
    const text = (): Promise<string> => view.page.locator('#app').innerText();
    expect(await text()).toContain(hint);
    await view.screenshot('feature-empty');
    await view.send({ kind: 'loading', sae, feature: featureIndex(7) } as ToFeatureView);
    expect(await text()).toContain('Looking up feature 7…');
    await view.screenshot('feature-loading');
    await view.send({ kind: 'failed', message: 'The SAE has 4096 features.' } as ToFeatureView);
    expect(await view.page.getByRole('alert').innerText()).toBe('The SAE has 4096 features.');
    await view.screenshot('feature-failed');
    const dead = { density: 0, maxActivation: 0, meanActivation: 0, peakTokens: [], examples: [] };
    await view.send(featureState({ ...dead, histogram: new Uint32Array(50) }));
    expect(await text()).toContain('Not active on any of the 1,482,113 tokens of the corpus');
    await view.screenshot('feature-dead');
    expect(view.problems).toEqual([]);
    await view.close();
  });

  test('a feature of one of several SAEs says whose it is', async () => {
    const alone = await openFeature('dark', 320, featureState());
    expect(await alone.page.locator('.whose').count()).toBe(0);
    await alone.close();
    const view = await openFeature('dark', 320, { ...featureState(), saeLabel: hostile });
    expect(await view.page.locator('.whose').innerText()).toBe(`at ${hostile}`);
    expect(await isHacked(view)).toBe(false);
    await view.send({ ...featureState(), saeLabel: 'blocks.2.hook_resid_post' } as ToFeatureView);
    await view.screenshot('feature-of-several');
    expect(view.problems).toEqual([]);
    await view.close();
  });

  test('text from a corpus stays text', async () => {
    const examples = [
      exampleOf(`${hostile} fish`, { fish: 1 }, 3),
      exampleOf('left \u202eright\u202c fish', { fish: 1 }, 2),
    ];
    const view = await openFeature('dark', 320, featureState({ examples, peakTokens: [hostile] }));
    const shown = await view.page.locator('.examples').innerText();
    expect(shown).toContain('<script>window.hacked=1</script>');
    expect(shown).toContain('‹U+202E›right');
    expect(await isHacked(view)).toBe(false);
    expect(view.problems).toEqual([]);
    await view.close();
  });
});

describe('steering view', () => {
  test.for<[ThemeName, number]>([
    ['dark', 1400],
    ['light', 760],
    ['high-contrast', 760],
    ['light', 510],
    ['dark', 340],
    ['light', 200],
  ])('edits, runs, streams and inserts: %s, %i px', async ([theme, width]) => {
    const view = await openSteer(theme, width, steerState());
    const { page } = view;
    await choose(view, 2417, 'Clamp');
    await choose(view, 1190, 'Ablate');
    expect(await page.locator('[data-feature="2417"] .explanation').innerText()).toBe(
      'Its activation is 16.3 on every token (2× its max).',
    );
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    expect((await view.posted()).at(-1)).toEqual({
      kind: 'run',
      prompt,
      edits: [
        { sae, feature: 2417, operation: 'clamp', amount: 16.25 },
        { sae, feature: 1190, operation: 'ablate' },
      ],
      settings: { scope: 'all', maxTokens: 60, temperature: 0.7, seed: 16 },
    });
    await view.send({ kind: 'started', run: 3 } as ToSteerView);
    for (const step of steps()) await view.send({ kind: 'step', run: 3, step } as ToSteerView);
    await view.send({ kind: 'finished', run: 3 } as ToSteerView);
    const sides = page.locator('.continuation-text');
    expect(await sides.nth(0).innerText()).toContain('"Hello, little fish!');
    expect(await sides.nth(1).innerText()).toContain('jumped into the water. Splash!');
    expect(await page.locator('.divergence').count()).toBe(2);
    expect(await page.locator('.status').innerText()).toContain('The texts part at token 3 of');
    await page.locator('.continuation-steered').getByText('Insert').click();
    const inserted = (await view.posted()).at(-1);
    expect(inserted).toMatchObject({ kind: 'insert' });
    expect(JSON.stringify(inserted)).toContain('smiled and jumped into the water.');
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await page.mouse.move(0, 0);
    await view.screenshot(`steer-${theme}-${String(width)}`);
    expect(view.problems).toEqual([]);
    await view.close();
  });

  test('a new run puts the old one aside, and late messages change nothing', async () => {
    const view = await openSteer('dark', 760, steerState());
    const { page } = view;
    const [first, second] = steps();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await view.send({ kind: 'started', run: 1 } as ToSteerView);
    await view.send({ kind: 'step', run: 1, step: first } as ToSteerView);
    await page.locator('vscode-text-area').click();
    await page.keyboard.press('Control+Enter');
    expect((await view.posted()).filter(({ kind }) => kind === 'run')).toHaveLength(2);
    await view.send({ kind: 'stopped', run: 1 } as ToSteerView);
    await view.send({ kind: 'started', run: 2 } as ToSteerView);
    await view.send({ kind: 'step', run: 1, step: second } as ToSteerView);
    expect(await page.locator('.continuation-text .token').count()).toBe(0);
    await view.send({ kind: 'step', run: 2, step: first } as ToSteerView);
    expect(await page.locator('.continuation-text .token').count()).toBe(2);
    await page.getByRole('button', { name: 'Stop' }).click();
    expect((await view.posted()).at(-1)).toEqual({ kind: 'stop' });
    await view.send({ kind: 'stopped', run: 2 } as ToSteerView);
    expect(await page.locator('.status').innerText()).toBe('Stopped after 1 token.');
    await view.close();
  });

  test('amounts follow slider and number field, and every token has its numbers', async () => {
    const view = await openSteer('light', 760, steerState());
    const { page } = view;
    await choose(view, 88, 'Scale');
    const row = page.locator('[data-feature="88"]');
    await row.getByLabel('Factor for feature 88', { exact: true }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await row.locator('.number-field').inputValue()).toBe('2.05');
    await row.locator('.number-field').fill('7.5');
    expect(await row.locator('.explanation').innerText()).toBe(
      'Its activation is multiplied by 7.5.',
    );
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    expect((await view.posted()).at(-1)).toMatchObject({
      edits: [{ sae, feature: 88, operation: 'scale', amount: 7.5 }],
    });
    await view.send({ kind: 'started', run: 1 } as ToSteerView);
    for (const step of steps()) await view.send({ kind: 'step', run: 1, step } as ToSteerView);
    await page.locator('.continuation-steered .token').nth(2).hover();
    expect(await page.getByRole('tooltip').innerText()).toMatch(
      /^␣jumped\nprobability \d+%\nKL from baseline \d\.\d\d nats$/u,
    );
    expect(await page.locator('.is-linked').count()).toBe(3);
    await view.close();
  });

  test('features are added by number and taken off', async () => {
    const view = await openSteer('dark', 760, steerState());
    const { page } = view;
    await page.getByLabel('Number of a feature to add').fill('3333');
    await page.keyboard.press('Enter');
    expect((await view.posted()).at(-1)).toEqual({ kind: 'addFeature', sae, feature: 3333 });
    const added = steerFeature([3333, 0.0004, 5.5, 0, [' moon', ' star']]);
    await view.send(steerState({ features: [...steerState().features, added] }));
    expect(await page.locator('.feature-row').first().getAttribute('data-feature')).toBe('3333');
    await page.getByRole('button', { name: 'Remove feature 3333 from the list' }).click();
    expect(await page.locator('[data-feature="3333"]').count()).toBe(0);
    await page.getByRole('button', { name: '2417', exact: true }).click();
    expect((await view.posted()).at(-1)).toEqual({ kind: 'openFeature', sae, feature: 2417 });
    await view.close();
  });

  test.for<[ThemeName, number]>([
    ['dark', 1400],
    ['light', 760],
    ['high-contrast', 510],
    ['dark', 340],
    ['light', 200],
  ])('features of two SAEs stand apart: %s, %i px', async ([theme, width]) => {
    const view = await openSteer(theme, width, twoSaes());
    const { page } = view;
    expect(await page.locator('.group-name').allInnerTexts()).toEqual([
      'blocks.2.hook_resid_post',
      'blocks.4.hook_resid_post',
    ]);
    const place = page.getByLabel('Sparse autoencoder of the feature to add');
    await place.click();
    await place.locator('vscode-option', { hasText: 'blocks.4' }).click();
    await page.getByLabel('Number of a feature to add').fill('29');
    await page.keyboard.press('Enter');
    expect((await view.posted()).at(-1)).toEqual({
      kind: 'addFeature',
      sae: otherSae,
      feature: 29,
    });
    const state = twoSaes();
    const added = steerFeature([29, 0.0004, 5.5, 0, [' moon', ' star']], otherSae);
    const withAdded: ToSteerView = { ...state, features: [...state.features, added] };
    await view.send(withAdded);
    await page.locator(`.feature-row[data-feature="29"] .operation:focus`).waitFor();
    const row = page.locator(`[data-feature="2417"][data-sae="${otherSae}"]`);
    await row.getByLabel('Edit of feature 2417 · blocks.4.hook_resid_post').click();
    await row.locator('vscode-option', { hasText: 'Clamp' }).click();
    expect(await page.locator('.is-edited').count()).toBe(1);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    expect((await view.posted()).at(-1)).toMatchObject({
      edits: [{ sae: otherSae, feature: 2417, operation: 'clamp' }],
    });
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    await page.mouse.move(0, 0);
    await view.screenshot(`steer-two-${theme}-${String(width)}`);
    expect(view.problems).toEqual([]);
    await view.close();
  });

  test('with one SAE nothing asks which one', async () => {
    const view = await openSteer('dark', 760, steerState());
    expect(await view.page.locator('.group-name, .add-sae vscode-dropdown').count()).toBe(0);
    await view.close();
  });

  test('what was arranged comes back after a reload', async () => {
    const view = await openSteer('dark', 760, steerState());
    await choose(view, 602, 'Add');
    await view.page.getByLabel('Seed; the same seed draws the same tokens').fill('99');
    await view.page.getByRole('button', { name: 'Run', exact: true }).click();
    await view.send({ kind: 'started', run: 1 } as ToSteerView);
    for (const step of steps()) await view.send({ kind: 'step', run: 1, step } as ToSteerView);
    await view.send({ kind: 'finished', run: 1 } as ToSteerView);
    const state = await view.storedState();
    await view.close();

    const again = await openView(browser, { view: 'steer', theme: 'dark', width: 760, state });
    await again.send(steerState());
    const { page } = again;
    expect(await page.locator('[data-feature="602"] .explanation').innerText()).toContain('added');
    expect(await page.getByLabel('Seed; the same seed draws the same tokens').inputValue()).toBe(
      '99',
    );
    expect(await page.locator('.continuation-text').nth(1).innerText()).toContain('Splash!');
    await again.send(steerState({ prompt: 'Another selection' }));
    expect(await page.locator('.is-edited').count()).toBe(0);
    expect(await page.locator('.continuation-text').nth(1).isVisible()).toBe(false);
    await again.close();
  });

  test('text from a model stays text', async () => {
    const view = await openSteer('dark', 760, steerState({ prompt: hostile }));
    await view.page.getByRole('button', { name: 'Run', exact: true }).click();
    await view.send({ kind: 'started', run: 1 } as ToSteerView);
    for (const step of steps(hostile, `${hostile} \u202eevil`)) {
      await view.send({ kind: 'step', run: 1, step } as ToSteerView);
    }
    expect(await view.page.locator('.continuation-steered').innerText()).toContain('onerror=');
    expect(await isHacked(view)).toBe(false);
    expect(view.problems).toEqual([]);
    await view.close();
  });

  test('explains itself when there is nothing to run or something failed', async () => {
    const loading: ToSteerView = { kind: 'loading', message: 'Reading the features…' };
    const view = await openSteer('dark', 760, loading);
    const { page } = view;
    expect(await page.locator('#app').innerText()).toBe('Reading the features…');
    await view.screenshot('steer-loading');
    await view.send({ kind: 'failed', message: 'The model folder is missing.' } as ToSteerView);
    expect(await page.getByRole('alert').innerText()).toBe('The model folder is missing.');
    await view.send(steerState({ features: [], prompt: '', canInsert: false }));
    expect(await page.locator('#app').innerText()).toContain('No feature is active in this prompt');
    expect(await page.locator('.status').innerText()).toBe('Write a prompt to run.');
    await view.screenshot('steer-empty');
    await page.locator('vscode-text-area').click();
    await page.keyboard.type('Once upon a time');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await view.send({ kind: 'started', run: 1 } as ToSteerView);
    await view.send({ kind: 'step', run: 1, step: steps()[0] } as ToSteerView);
    const message = 'The engine stopped while generating; run again.';
    await view.send({ kind: 'failed', run: 1, message } as ToSteerView);
    expect(await page.getByRole('alert').innerText()).toBe(message);
    expect(await page.locator('.status').innerText()).toBe('Failed after 1 token.');
    expect(await page.locator('.continuation-steered').getByText('Insert').isVisible()).toBe(false);
    await view.screenshot('steer-failed');
    expect(view.problems).toEqual([]);
    await view.close();
  });
});
