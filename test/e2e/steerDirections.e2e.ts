// Directions in the steering view: edits along them, the form that makes them, and conditions on other features.
import { expect, test } from 'vitest';
import type { ToSteerView } from '../../src/shared/webviewProtocol.ts';
import { choose, chooseIn, directionRow, lastSweep, openSteer, overflow } from './steerPage.ts';
import type { ThemeName } from './themes.ts';
import {
  directions,
  otherSae,
  sae,
  steerState,
  sweepFinished,
  twoSaes,
} from './webviewMessages.ts';
import { type ViewPage, hostile, isHacked, openView, useBrowser } from './webviewPage.ts';

useBrowser();

const site = 'blocks.2.hook_resid_post';

async function lastPosted(view: ViewPage): Promise<unknown> {
  return (await view.posted()).at(-1);
}

test.for<[ThemeName, number]>([
  ['dark', 1400],
  ['light', 760],
  ['high-contrast', 760],
  ['light', 510],
  ['dark', 340],
  ['light', 200],
])('edits along directions: %s, %i px', async ([theme, width]) => {
  const view = await openSteer([theme, width], steerState({ directions }));
  const { page } = view;
  await choose(view, 2417, 'Clamp');
  const row = directionRow(view, 'direction-1');
  expect(await row.locator('.direction-origin span').allInnerTexts()).toEqual([
    'more like “The sea was calm. The boat lay still, and everyone was quiet and happy.”',
    'less like “The storm came! The waves were high, and everybody screamed and ran.”',
  ]);
  await chooseIn(row, 'Add');
  expect(await row.locator('.explanation').innerText()).toBe(
    '1× the direction is added, 0.13× the norm of the stream. On all tokens.',
  );
  await row.getByLabel('Strength for direction direction-1', { exact: true }).focus();
  await page.keyboard.press('ArrowRight');
  await row.getByRole('button', { name: 'More for direction direction-1' }).click();
  expect(await row.getByRole('checkbox').count()).toBe(1);
  await chooseIn(directionRow(view, 'happy-ending'), 'Project');
  await page.getByRole('button', { name: 'New Direction' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  expect(await lastPosted(view)).toMatchObject({
    edits: [
      { sae, feature: 2417, operation: 'clamp', amount: 1, unit: 'max' },
      { name: 'direction-1', site, operation: 'add', amount: 1.05 },
      { name: 'happy-ending', site: 'blocks.4.hook_resid_post', operation: 'project', amount: 0 },
    ],
  });
  expect(await overflow(view)).toBe(0);
  await page.mouse.move(0, 0);
  await view.screenshot(`steer-directions-${theme}-${String(width)}`);
  expect(view.problems).toEqual([]);
  await view.close();
});

test('without a direction the section says what one is for, and makes one of two texts', async () => {
  const view = await openSteer(['dark', 760], steerState());
  const { page } = view;
  expect(await page.locator('.directions').innerText()).toContain('A direction is what the stream');
  const unfold = page.getByRole('button', { name: 'New Direction' });
  await view.screenshot('steer-directions-none');
  await unfold.focus();
  await page.keyboard.press('Enter');
  const form = page.getByRole('group', { name: 'New Direction' });
  const make = form.getByRole('button', { name: 'Make Direction' });
  await make.click();
  expect(await form.getByRole('alert').innerText()).toBe(
    'A direction is the difference of two texts: write both, or take them.',
  );
  // The focus is where a text is missing.
  await page.keyboard.type('Peace and quiet.');
  await form.getByLabel('Less like that').locator('textarea').fill('Noise!');
  await form.getByLabel('Site of the new direction').click();
  await form.locator('vscode-option', { hasText: 'blocks.4' }).click();
  await form.getByLabel('Less like that').locator('textarea').press('Control+Enter');
  expect(await lastPosted(view)).toEqual({
    ...{ kind: 'makeDirection', site: 'blocks.4.hook_resid_post' },
    ...{ more: 'Peace and quiet.', less: 'Noise!' },
  });
  expect(await form.getByRole('status').innerText()).toBe('Reading both texts…');
  await view.screenshot('steer-directions-busy');
  const count = (await view.posted()).length;
  await make.click();
  expect(await view.posted()).toHaveLength(count);
  const message = 'The two texts are the same at blocks.4.hook_resid_post; choose others.';
  await view.send({ kind: 'directionFailed', message } as ToSteerView);
  expect(await form.getByRole('alert').innerText()).toBe(message);
  expect(await form.getByRole('status').innerText()).toBe('');
  await view.screenshot('steer-directions-failed');
  await make.click();
  expect(await lastPosted(view)).toMatchObject({ kind: 'makeDirection' });
  await view.send(steerState({ directions }));
  await view.send({ kind: 'directionMade', name: 'happy-ending' } as ToSteerView);
  await directionRow(view, 'happy-ending').locator('.operation:focus').waitFor();
  expect(await form.getByRole('alert').count()).toBe(0);
  // The field is drawn a moment after it was emptied.
  const sample = form.getByLabel('More like this').locator('textarea');
  await expect.poll(() => sample.inputValue()).toBe('');
  expect(view.problems).toEqual([]);
  await view.close();
});

test('texts come from the editor, and a direction from a file', async () => {
  const view = await openSteer(['light', 760], steerState());
  const { page } = view;
  await view.send({ kind: 'fillDirection', more: 'One night' } as ToSteerView);
  const form = page.getByRole('group', { name: 'New Direction' });
  const text = (label: string) => form.getByLabel(label).locator('textarea');
  expect(await text('More like this').inputValue()).toBe('One night');
  // What is missing has the focus.
  await page.keyboard.type('One');
  expect(await text('Less like that').inputValue()).toBe('One');
  await form.getByRole('button', { name: 'Take Selection' }).nth(1).click();
  expect(await lastPosted(view)).toEqual({ kind: 'takeSelection', as: 'less' });
  await view.send({ kind: 'fillDirection', less: 'One day' } as ToSteerView);
  // The library shows what it was given a little later.
  await expect.poll(() => text('Less like that').inputValue()).toBe('One day');
  expect(await text('More like this').inputValue()).toBe('One night');
  await page.keyboard.press('Enter');
  expect(await lastPosted(view)).toEqual({
    ...{ kind: 'makeDirection', site, more: 'One night', less: 'One day' },
  });
  await view.send({ kind: 'directionFailed', message: '' } as ToSteerView);
  await form.getByRole('button', { name: 'From File…' }).click();
  expect(await lastPosted(view)).toEqual({ kind: 'openDirectionFile', site });
  expect(await form.getByRole('status').innerText()).toBe('Waiting for the file…');
  await view.send({ kind: 'directionFailed', message: '' } as ToSteerView);
  expect(await form.getByRole('status').innerText()).toBe('');
  expect(await form.getByRole('alert').count()).toBe(0);
  await form.getByRole('button', { name: 'From File…' }).click();
  await view.send(steerState({ directions: directions.slice(1) }));
  await view.send({ kind: 'directionMade', name: 'happy-ending' } as ToSteerView);
  await directionRow(view, 'happy-ending').locator('.operation:focus').waitFor();
  expect(await text('More like this').inputValue()).toBe('One night');
  await page.getByRole('button', { name: 'Remove direction happy-ending' }).click();
  await page.locator('.new-direction > .disclosure:focus').waitFor();
  await view.close();
});

test('what was asked for before there is a state is not lost', async () => {
  const asked: ToSteerView = { kind: 'fillDirection', more: 'One night' };
  const view = await openSteer(['dark', 760], asked, steerState());
  const form = view.page.getByRole('group', { name: 'New Direction' });
  expect(await form.getByLabel('More like this').locator('textarea').inputValue()).toBe(
    'One night',
  );
  await view.close();
});

test('a direction is taken off, comes back by undo, and is arranged the same after a reload', async () => {
  const view = await openSteer(['dark', 760], steerState({ directions }));
  const { page } = view;
  const row = directionRow(view, 'direction-1');
  await chooseIn(row, 'Cap');
  await row.getByLabel('Strength for direction direction-1, as a number').fill('7');
  await page.getByRole('button', { name: 'Remove direction happy-ending' }).click();
  expect(await directionRow(view, 'happy-ending').count()).toBe(0);
  await row.locator('.operation:focus').waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  expect(await directionRow(view, 'happy-ending').count()).toBe(1);
  await page.getByRole('button', { name: 'Redo' }).click();
  const state = await view.storedState();
  await view.close();
  const again = await openView({ view: 'steer', theme: 'dark', width: 760, state });
  await again.send(steerState({ directions }));
  expect(await directionRow(again, 'happy-ending').count()).toBe(0);
  expect(await directionRow(again, 'direction-1').locator('.explanation').innerText()).toBe(
    'The part of the stream along it is 7.00 at most. On all tokens.',
  );
  // Made again, it is on the list again.
  await again.send({ kind: 'directionMade', name: 'happy-ending' } as ToSteerView);
  await directionRow(again, 'happy-ending').locator('.operation:focus').waitFor();
  expect(again.problems).toEqual([]);
  await again.close();
});

test('an edit along a direction is swept', async () => {
  const view = await openSteer(['dark', 1400], steerState({ directions }));
  const { page } = view;
  await choose(view, 88, 'Ablate');
  const row = directionRow(view, 'direction-1');
  await chooseIn(row, 'Add');
  await row.locator('.slider').focus();
  await view.send({ kind: 'askSweep' });
  const sweep = page.locator('.sweep');
  expect(await sweep.locator('h2').innerText()).toBe(
    'Sweep of direction direction-1: Add, × its length',
  );
  await sweep.getByRole('button', { name: 'Sweep', exact: true }).click();
  expect(await lastPosted(view)).toMatchObject({
    ...{ kind: 'sweep', swept: 1, amounts: [-4, -3, -2, -1, 0, 1, 2, 3, 4] },
    edits: [{ feature: 88 }, { name: 'direction-1', operation: 'add', amount: 1 }],
  });
  await view.send(sweepFinished(await lastSweep(view)));
  await sweep.getByRole('button', { name: '2.5', exact: true }).click();
  expect(await row.locator('.number-field').inputValue()).toBe('2.5');
  await view.screenshot('steer-directions-sweep');
  expect(view.problems).toEqual([]);
  await view.close();
});

test.for<[ThemeName, number]>([
  ['dark', 760],
  ['high-contrast', 340],
])('an edit holds only while another feature is active: %s, %i px', async ([theme, width]) => {
  const view = await openSteer([theme, width], { ...twoSaes(), directions });
  const { page } = view;
  const row = directionRow(view, 'direction-1');
  await chooseIn(row, 'Add');
  await row.getByRole('button', { name: 'More for' }).click();
  const number = row.getByLabel('only on tokens where the feature with this number is active');
  await number.fill('5000');
  const problem = '“5000” is no feature of this SAE: write a number from 0 to 4095.';
  expect(await row.locator('.gate .field-problem').innerText()).toBe(problem);
  expect(await page.locator('.status').innerText()).toBe(problem);
  await view.screenshot(`steer-gate-${theme}`);
  expect(await overflow(view)).toBe(0);
  await number.fill('40');
  await row.getByLabel('Sparse autoencoder of the feature that has to be active').click();
  await row.locator('vscode-option', { hasText: 'blocks.4' }).click();
  expect(await row.locator('.explanation').innerText()).toContain(
    'Only where feature 40 is active.',
  );
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  expect(await lastPosted(view)).toMatchObject({
    edits: [{ name: 'direction-1', onlyWhile: { sae: otherSae, feature: 40 } }],
  });
  expect(view.problems).toEqual([]);
  await view.close();
});

test('a feature with such a condition can drop its error; with one SAE nothing asks which', async () => {
  const view = await openSteer(['dark', 760], steerState());
  await choose(view, 88, 'Ablate');
  const row = view.page.locator('[data-feature="88"]');
  await row.getByRole('button', { name: 'More for' }).click();
  await row.getByRole('checkbox', { name: 'Drop the error' }).click();
  expect(await row.locator('.gate vscode-dropdown').count()).toBe(0);
  await row.getByLabel('only on tokens where the feature with this number is active').fill('7');
  await view.page.keyboard.press('Control+Enter');
  const ablate = { sae, feature: 88, operation: 'ablate', dropsError: true };
  expect(await lastPosted(view)).toMatchObject({
    edits: [{ ...ablate, onlyWhile: { sae, feature: 7 } }],
  });
  await view.close();
});

test('a condition on an SAE that is not active any more is said, and chosen anew', async () => {
  const [feature, ...others] = steerState().features;
  if (feature === undefined) throw new Error('no features');
  const edit = {
    ...({ sae, feature: feature.brief.feature, operation: 'ablate' } as const),
    onlyWhile: { sae: '/gone', feature: feature.brief.feature },
  };
  const state = steerState({ features: [{ ...feature, edit }, ...others] });
  const view = await openSteer(['light', 760], state);
  const { page } = view;
  const problem = 'Feature 2417 is of an SAE that is not active: choose the condition anew.';
  expect(await page.locator('.status').innerText()).toBe(problem);
  const row = page.locator('[data-feature="2417"]');
  await row.getByRole('button', { name: 'More for' }).click();
  expect(await row.locator('.gate .field-problem').innerText()).toBe(problem);
  await row.getByLabel('Sparse autoencoder of the feature that has to be active').click();
  await row.locator('vscode-option', { hasText: 'blocks.2' }).click();
  expect(await row.locator('.gate .field-problem').isVisible()).toBe(false);
  expect(await page.locator('.status').innerText()).toBe('1 edit to run.');
  await view.close();
});

test('texts of directions stay text', async () => {
  const origin = { more: `${hostile} \u202eevil`, less: hostile };
  const made = { name: 'direction-1', site, norm: 1, origin };
  const view = await openSteer(['dark', 760], steerState({ directions: [made] }));
  expect(await view.page.locator('.direction-origin').innerText()).toContain('<img src=x');
  expect(await isHacked(view)).toBe(false);
  expect(view.problems).toEqual([]);
  await view.close();
});
