// The steering view alone in a plain browser page under the colours and the content security policy of VS Code: what it
// shows, what it says to the host, and that text from a model stays text.
import { expect, test } from 'vitest';
import { featureIndex } from '../../src/shared/units.ts';
import type { ToSteerView } from '../../src/shared/webviewProtocol.ts';
import { choose, lastRun, openSteer, overflow, play, playToEnd } from './steerPage.ts';
import type { ThemeName } from './themes.ts';
import {
  otherSae,
  prompt,
  sae,
  steerFeature,
  steerState,
  steps,
  twoSaes,
} from './webviewMessages.ts';
import { hostile, isHacked, openView, useBrowser } from './webviewPage.ts';

useBrowser();

test.for<[ThemeName, number]>([
  ['dark', 1400],
  ['light', 760],
  ['high-contrast', 760],
  ['light', 510],
  ['dark', 340],
  ['light', 200],
])('edits, runs, streams and inserts: %s, %i px', async ([theme, width]) => {
  const view = await openSteer([theme, width], steerState());
  const { page } = view;
  await choose(view, 2417, 'Clamp');
  await choose(view, 1190, 'Ablate');
  expect(await page.locator('[data-feature="2417"] .explanation').innerText()).toBe(
    'Its activation becomes 8.13, 1× its max. On all tokens.',
  );
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  expect((await view.posted()).at(-1)).toEqual({
    kind: 'run',
    run: await lastRun(view),
    prompt,
    edits: [
      { sae, feature: 2417, operation: 'clamp', amount: 1, unit: 'max' },
      { sae, feature: 1190, operation: 'ablate' },
    ],
    settings: { maxTokens: 60, temperature: 0.7, seed: 16 },
  });
  await playToEnd(view, steps());
  const sides = page.locator('.continuation-text');
  expect(await sides.nth(0).innerText()).toContain('"Hello, little fish!');
  expect(await sides.nth(1).innerText()).toContain('jumped into the water. Splash!');
  expect(await page.locator('.divergence').count()).toBe(2);
  expect(await page.locator('.status').innerText()).toContain('The texts part at token 3 of');
  await page.locator('.continuation-steered').getByText('Insert').click();
  const inserted = (await view.posted()).at(-1);
  expect(inserted).toMatchObject({ kind: 'insert' });
  expect(JSON.stringify(inserted)).toContain('smiled and jumped into the water.');
  expect(await overflow(view)).toBe(0);
  await page.mouse.move(0, 0);
  await view.screenshot(`steer-${theme}-${String(width)}`);
  expect(view.problems).toEqual([]);
  await view.close();
});

test('a new run puts the old one aside, and late messages change nothing', async () => {
  const view = await openSteer(['dark', 760], steerState());
  const { page } = view;
  const [first, second] = steps();
  if (first === undefined || second === undefined) throw new Error('no steps');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const old = await play(view, [first]);
  await page.locator('vscode-text-area').first().click();
  await page.keyboard.press('Control+Enter');
  expect((await view.posted()).filter(({ kind }) => kind === 'run')).toHaveLength(2);
  await view.send({ kind: 'stopped', run: old } as ToSteerView);
  await view.send({ kind: 'step', run: old, step: second } as ToSteerView);
  // The baseline is the same again, and stays where it is.
  expect(await page.locator('.continuation-baseline .token').count()).toBe(1);
  expect(await page.locator('.continuation-steered .token').count()).toBe(0);
  const run = await play(view, [first]);
  expect(await page.locator('.continuation-text .token').count()).toBe(2);
  await page.getByRole('button', { name: 'Stop' }).click();
  expect((await view.posted()).at(-1)).toEqual({ kind: 'stop' });
  await view.send({ kind: 'stopped', run } as ToSteerView);
  expect(await page.locator('.status').innerText()).toBe('Stopped after 1 token.');
  await view.close();
});

test('amounts follow slider and number field, and every token has its numbers', async () => {
  const view = await openSteer(['light', 760], steerState());
  const { page } = view;
  await choose(view, 88, 'Scale');
  const row = page.locator('[data-feature="88"]');
  await row.getByLabel('Strength for feature 88', { exact: true }).focus();
  await page.keyboard.press('ArrowRight');
  expect(await row.locator('.number-field').inputValue()).toBe('2.05');
  await row.locator('.number-field').fill('7.5');
  expect(await row.locator('.explanation').innerText()).toBe(
    'Its activation is multiplied by 7.5. On all tokens.',
  );
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  expect((await view.posted()).at(-1)).toMatchObject({
    edits: [{ sae, feature: 88, operation: 'scale', amount: 7.5 }],
  });
  await play(view, steps());
  await page.locator('.continuation-steered .token').nth(2).hover();
  expect(await page.getByRole('tooltip').innerText()).toMatch(
    /^␣jumped\nprobability \d+%\nKL from baseline \d\.\d\d nats$/u,
  );
  expect(await page.locator('.is-linked').count()).toBe(3);
  expect(await page.locator('.step-head').innerText()).toContain('Token 3: ');
  await view.close();
});

test('features are added by number and taken off', async () => {
  const view = await openSteer(['dark', 760], steerState());
  const { page } = view;
  await page.getByLabel('Number of a feature to add').fill('3333');
  await page.keyboard.press('Enter');
  expect((await view.posted()).at(-1)).toEqual({ kind: 'addFeature', sae, feature: 3333 });
  await page.getByRole('button', { name: 'Search…' }).click();
  expect((await view.posted()).at(-1)).toEqual({ kind: 'findFeature' });
  await view.send({ kind: 'found', sae, feature: featureIndex(3333) } as ToSteerView);
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
  const view = await openSteer([theme, width], twoSaes());
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
  expect(await overflow(view)).toBe(0);
  await page.mouse.move(0, 0);
  await view.screenshot(`steer-two-${theme}-${String(width)}`);
  expect(view.problems).toEqual([]);
  await view.close();
});

test('with one SAE nothing asks which one', async () => {
  const view = await openSteer(['dark', 760], steerState());
  expect(await view.page.locator('.group-name, .add-sae vscode-dropdown').count()).toBe(0);
  await view.close();
});

test('what was arranged comes back after a reload', async () => {
  const view = await openSteer(['dark', 760], steerState());
  await choose(view, 602, 'Add');
  await view.page.getByLabel('Seed; the same seed draws the same tokens').fill('99');
  await view.page.getByRole('button', { name: 'Run', exact: true }).click();
  await playToEnd(view, steps());
  const state = await view.storedState();
  await view.close();

  const again = await openView({ view: 'steer', theme: 'dark', width: 760, state });
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
  const view = await openSteer(['dark', 760], steerState({ prompt: hostile }));
  await view.page.getByRole('button', { name: 'Run', exact: true }).click();
  await play(view, steps(hostile, `${hostile} \u202eevil`));
  expect(await view.page.locator('.continuation-steered').innerText()).toContain('onerror=');
  expect(await isHacked(view)).toBe(false);
  expect(view.problems).toEqual([]);
  await view.close();
});

test('explains itself when there is nothing to run or something failed', async () => {
  const loading: ToSteerView = { kind: 'loading', message: 'Reading the features…' };
  const view = await openSteer(['dark', 760], loading);
  const { page } = view;
  expect(await page.locator('#app').innerText()).toBe('Reading the features…');
  await view.screenshot('steer-loading');
  await view.send({ kind: 'failed', message: 'The model folder is missing.' } as ToSteerView);
  expect(await page.getByRole('alert').innerText()).toBe('The model folder is missing.');
  await view.send(steerState({ features: [], prompt: '', canInsert: false }));
  expect(await page.locator('#app').innerText()).toContain('No feature is active in this prompt');
  expect(await page.locator('.status').innerText()).toBe('Write a prompt to run.');
  await view.screenshot('steer-empty');
  await page.locator('vscode-text-area').first().click();
  await page.keyboard.type('Once upon a time');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const run = await play(view, steps().slice(0, 1));
  const message = 'The engine stopped while generating; run again.';
  await view.send({ kind: 'failed', run, message } as ToSteerView);
  expect(await page.getByRole('alert').innerText()).toBe(message);
  expect(await page.locator('.status').innerText()).toBe('Failed after 1 token.');
  expect(await page.locator('.continuation-steered').getByText('Insert').isVisible()).toBe(false);
  await view.screenshot('steer-failed');
  expect(view.problems).toEqual([]);
  await view.close();
});
