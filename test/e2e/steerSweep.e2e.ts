// Sweeps in the steering view: an edit at several strengths, as plots, as a table, and back into the edit.
import { expect, test } from 'vitest';
import type { ToSteerView } from '../../src/shared/webviewProtocol.ts';
import { choose, lastSweep, openSteer, overflow } from './steerPage.ts';
import type { ThemeName } from './themes.ts';
import { sae, steerState, sweepFinished } from './webviewMessages.ts';
import { openView, useBrowser } from './webviewPage.ts';

useBrowser();

test.for<[ThemeName, number]>([
  ['dark', 1400],
  ['light', 760],
  ['high-contrast', 760],
  ['dark', 340],
  ['light', 200],
])('an edit is swept: %s, %i px', async ([theme, width]) => {
  const view = await openSteer([theme, width], steerState());
  const { page } = view;
  await choose(view, 88, 'Add');
  await page.locator('[data-feature="88"]').getByRole('button', { name: 'Sweep' }).click();
  const sweep = page.locator('.sweep');
  expect(await sweep.locator('h2').innerText()).toBe('Sweep of feature 88: Add, × max');
  expect(await sweep.getByLabel('Sweep from this strength').inputValue()).toBe('-10');
  await page.getByLabel('Sweep from this strength').press('Tab');
  await sweep.getByRole('button', { name: 'Sweep', exact: true }).click();
  expect((await view.posted()).at(-1)).toMatchObject({
    ...{ kind: 'sweep', swept: 0, amounts: [-10, -7.5, -5, -2.5, 0, 2.5, 5, 7.5, 10] },
    edits: [{ sae, feature: 88, operation: 'add', amount: 1, unit: 'max' }],
  });
  const number = await lastSweep(view);
  await view.send({ kind: 'sweepProgress', sweep: number, done: 20, of: 62 } as ToSteerView);
  expect(await sweep.locator('.sweep-status').innerText()).toBe('Step 20 of 62');
  await view.send(sweepFinished(number));
  expect(await sweep.locator('.plot').count()).toBe(3);
  // Infinity has no place in a plot.
  expect(await sweep.locator('.plot-point').count()).toBe(26);
  expect(await sweep.locator('tbody th').count()).toBe(10);
  expect(await overflow(view)).toBe(0);
  await view.screenshot(`steer-sweep-${theme}-${String(width)}`);
  await sweep.locator('.plot').first().locator('.plot-point').nth(6).click();
  const field = page.locator('[data-feature="88"] .number-field');
  expect(await field.inputValue()).toBe('5');
  await sweep.getByRole('button', { name: '−7.5', exact: true }).click();
  expect(await field.inputValue()).toBe('-7.5');
  // The focus stays where it was, and the arrow keys go from point to point.
  expect(await sweep.locator('button.link:focus').innerText()).toBe('−7.5');
  await sweep.locator('.plot-point').first().focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  expect(await field.inputValue()).toBe('-5');
  expect(view.problems).toEqual([]);
  await view.close();
});

test('where texts end at once, plots and table say that there is nothing to measure', async () => {
  const view = await openSteer(['dark', 760], steerState());
  await choose(view, 88, 'Add');
  await view.page.locator('[data-feature="88"]').getByRole('button', { name: 'Sweep' }).click();
  const sweep = view.page.locator('.sweep');
  await sweep.getByRole('button', { name: 'Sweep', exact: true }).click();
  const message = sweepFinished(await lastSweep(view));
  const { baseline, points } = message.result;
  const ended = {
    ...{ kl: NaN, klBehindPrompt: 0, perplexity: NaN, repetition: NaN },
    continuation: { text: '', tokens: [], end: 'endOfText' },
  } as const;
  const [first, ...others] = points.map((point) => ({ ...point, kl: NaN }));
  const result = {
    baseline: { ...baseline, ...ended },
    points: [{ ...first, ...ended }, ...others],
  };
  await view.send({ ...message, result } as ToSteerView);
  const [ofKl, ofPerplexity] = [0, 1].map((n) => sweep.locator('.sweep-plot').nth(n));
  expect(await ofKl?.innerText()).toContain(
    'There is nothing to measure: the texts are too short.',
  );
  const reachable = ofPerplexity?.locator('.plot-point[tabindex="0"]');
  expect(await reachable?.getAttribute('aria-label')).toMatch(/^Take the strength −7\.5/);
  const rows = sweep.locator('.sweep-table tbody');
  expect(await rows.first().innerText()).toMatch(/Baseline\s+–\s+–\s+–\s+The text ends at once\./);
  expect(view.problems).toEqual([]);
  await view.close();
});

test('a sweep is stopped, fails with a reason, and is closed', async () => {
  const view = await openSteer(['dark', 760], steerState());
  const { page } = view;
  await choose(view, 88, 'Scale');
  await page.locator('[data-feature="88"]').getByRole('button', { name: 'Sweep' }).click();
  const sweep = page.locator('.sweep');
  const start = sweep.getByRole('button', { name: 'Sweep', exact: true });
  await start.click();
  await sweep.getByRole('button', { name: 'Stop' }).click();
  expect((await view.posted()).at(-1)).toEqual({ kind: 'stopSweep' });
  await view.send({ kind: 'sweepStopped', sweep: await lastSweep(view) } as ToSteerView);
  expect(await sweep.locator('.sweep-status').innerText()).toBe('Stopped.');
  await sweep.getByLabel('Sweep to this strength').press('Enter');
  const message = 'The prompt has 300 tokens, more than the model reads: shorten it.';
  await view.send({ kind: 'sweepFailed', sweep: await lastSweep(view), message } as ToSteerView);
  expect(await sweep.getByRole('alert').innerText()).toBe(message);
  await sweep.getByLabel('Sweep to this strength').fill('0');
  expect(await sweep.locator('.sweep-status').innerText()).toContain(
    'Both ends of the sweep are 0',
  );
  await sweep.getByRole('button', { name: 'Close the sweep' }).click();
  expect(await sweep.isVisible()).toBe(false);
  await view.close();
});

test('the command sweeps the edit at hand, or says what is missing', async () => {
  const view = await openSteer(['dark', 760], steerState());
  const { page } = view;
  await view.send({ kind: 'askSweep' });
  expect(await page.getByRole('alert').innerText()).toBe(
    'Choose an edit with a strength, then sweep it.',
  );
  await choose(view, 1190, 'Clamp');
  await choose(view, 602, 'Clamp');
  await page.locator('[data-feature="602"] .slider').focus();
  await view.send({ kind: 'askSweep' });
  expect(await page.locator('.sweep h2').innerText()).toContain('feature 602');
  await view.close();
});

test('a sweep comes back after a reload', async () => {
  const view = await openSteer(['dark', 760], steerState());
  await choose(view, 88, 'Add');
  await view.page.locator('[data-feature="88"]').getByRole('button', { name: 'Sweep' }).click();
  await view.page.locator('.sweep').getByRole('button', { name: 'Sweep', exact: true }).click();
  await view.send(sweepFinished(await lastSweep(view)));
  const state: unknown = JSON.parse(JSON.stringify(await view.storedState()));
  await view.close();
  const again = await openView({ view: 'steer', theme: 'dark', width: 760, state });
  await again.send(steerState());
  expect(await again.page.locator('.sweep tbody th').count()).toBe(10);
  expect(again.problems).toEqual([]);
  await again.close();
});
