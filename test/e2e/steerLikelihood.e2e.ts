// The likelihood of a given continuation in the steering view: a text of the run or one that is written, in a sentence, in
// numbers and token by token.
import { expect, test } from 'vitest';
import type { ToSteerView } from '../../src/shared/webviewProtocol.ts';
import { choose, lastMeasurement, openSteer, overflow, playToEnd } from './steerPage.ts';
import type { ThemeName } from './themes.ts';
import { likelihoodMeasured, prompt, sae, steerState, steps } from './webviewMessages.ts';
import { type ViewPage, hostile, isHacked, openView, useBrowser } from './webviewPage.ts';

const title = 'Likelihood of a given continuation';

useBrowser();

/** Unfolds it and writes what the text should go on with. */
async function write({ page }: ViewPage, continuation: string): Promise<void> {
  await page.getByRole('button', { name: title }).click();
  await page.locator('.likelihood textarea').fill(continuation);
}

test.for<[ThemeName, number]>([
  ['dark', 1400],
  ['light', 760],
  ['high-contrast', 760],
  ['dark', 340],
  ['light', 200],
])('what a run wrote is judged: %s, %i px', async ([theme, width]) => {
  const view = await openSteer([theme, width], steerState());
  const { page } = view;
  await choose(view, 88, 'Clamp');
  const part = page.locator('.likelihood');
  expect(await part.locator('textarea').isVisible()).toBe(false);
  await page.getByRole('button', { name: title }).click();
  const take = part.getByRole('button', { name: 'Steered Text' });
  expect(await take.isDisabled()).toBe(true);
  expect(await part.getByRole('status').innerText()).toContain('Write how the text should go on');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await playToEnd(view, steps());
  await take.click();
  const field = part.locator('textarea');
  await expect.poll(() => field.inputValue()).toContain(' smiled and jumped into the water.');
  const taken = await field.inputValue();
  await part.getByRole('button', { name: 'Measure' }).click();
  const measurement = await lastMeasurement(view);
  expect((await view.posted()).at(-1)).toEqual({
    ...{ kind: 'measureLikelihood', measurement, prompt, continuation: taken },
    edits: [{ sae, feature: 88, operation: 'clamp', amount: 1, unit: 'max' }],
  });
  expect(await part.getByRole('status').innerText()).toBe('Measuring…');
  await view.send(likelihoodMeasured(measurement));
  expect(await part.locator('.likelihood-verdict').innerText()).toMatch(
    /^With the edits the continuation is [\d.]+ times as likely as without them\.$/u,
  );
  expect(await part.locator('tbody tr').count()).toBe(3);
  expect(await part.locator('.judged-text').innerText()).toContain('Splash! She swam');
  expect(await part.locator('.judged-text .is-harder').count()).toBeGreaterThan(3);
  expect(await part.locator('.judged-text .is-easier').count()).toBeGreaterThan(3);
  expect(await overflow(view)).toBe(0);
  await part.scrollIntoViewIfNeeded();
  await view.screenshot(`steer-likelihood-${theme}-${String(width)}`);
  expect(view.problems).toEqual([]);
  await view.close();
});

test('rise and fall, weak and strong look different, also without colours', async () => {
  for (const theme of ['dark', 'light', 'high-contrast'] as const) {
    const view = await openSteer([theme, 760], steerState());
    await write(view, ' upon');
    await view.page.getByRole('button', { name: 'Measure' }).click();
    await view.send(likelihoodMeasured(await lastMeasurement(view)));
    const looks = await view.page.locator('.judged-text .token-ink').evaluateAll((inks) =>
      inks.map((ink) => {
        const { backgroundColor, borderBottomStyle, borderBottomWidth, borderBottomColor } =
          getComputedStyle(ink);
        return {
          ...{ background: backgroundColor, colour: borderBottomColor },
          line: `${borderBottomStyle} ${borderBottomWidth}`,
        };
      }),
    );
    const painted = looks.filter(({ line }) => !line.startsWith('none'));
    expect(new Set(painted.map(({ line }) => line)).size, theme).toBe(8);
    expect(new Set(painted.map(({ colour }) => colour)).size, theme).toBe(2);
    const backgrounds = new Set(painted.map(({ background }) => background));
    expect(backgrounds.size, theme).toBe(theme === 'high-contrast' ? 1 : 8);
    await view.close();
  }
});

test('the keyboard reaches everything, and every token tells its losses', async () => {
  const view = await openSteer(['dark', 760], steerState());
  const { page } = view;
  await page.getByRole('button', { name: title }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type(' upon a time');
  await page.keyboard.press('Control+Enter');
  const measurement = await lastMeasurement(view);
  expect((await view.posted()).map(({ kind }) => kind)).not.toContain('run');
  await view.send(likelihoodMeasured(measurement, [' upon', ' a', ' time']));
  // Nothing has run, so that there is no text to be taken.
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await page.getByRole('tooltip').innerText()).toMatch(
    /^␣time\nBaseline: loss [\d.]+ nats, probability .+\nSteered: loss .+\nChange \+0\.050 nats$/u,
  );
  // What is measured anew leaves the focus where it is.
  await page.getByRole('button', { name: 'Measure' }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  const again = await lastMeasurement(view);
  await view.send(likelihoodMeasured(again, [' upon', ' a', ' time']));
  expect(await page.locator('.judged-text .token:focus').count()).toBe(1);
  expect(view.problems).toEqual([]);
  await view.close();
});

test('with Live an edit measures by itself, what is older is marked, and a failure is a sentence', async () => {
  const view = await openSteer(['dark', 760], steerState({ isLive: true }));
  const { page } = view;
  const part = page.locator('.likelihood');
  await write(view, ' upon a time');
  await choose(view, 88, 'Clamp');
  const count = async (): Promise<number> =>
    (await view.posted()).filter(({ kind }) => kind === 'measureLikelihood').length;
  await expect.poll(count).toBe(1);
  await view.send(likelihoodMeasured(await lastMeasurement(view)));
  await page.locator('[data-feature="88"] .slider').focus();
  for (let n = 0; n < 6; n++) await page.keyboard.press('ArrowRight');
  await expect.poll(count).toBe(2);
  expect((await view.posted()).findLast(({ kind }) => kind === 'measureLikelihood')).toMatchObject({
    edits: [{ amount: 1.6, unit: 'max' }],
  });
  // What was found stays in sight until there is something else.
  expect(await part.locator('.likelihood-verdict').count()).toBe(1);
  const measurement = await lastMeasurement(view);
  const message =
    'Prompt and continuation have 300 tokens, but the model reads 256 at most; shorten one of them.';
  await view.send({ kind: 'likelihoodFailed', measurement, message } as ToSteerView);
  expect(await part.getByRole('alert').innerText()).toBe(message);
  await part.getByRole('button', { name: 'Measure' }).click();
  await view.send(likelihoodMeasured(await lastMeasurement(view)));
  await part.locator('textarea').fill(' upon');
  expect(await part.getByRole('status').innerText()).toBe('Changed since: measure again.');
  await part.getByRole('button', { name: 'Measure' }).click();
  await part.getByRole('button', { name: 'Stop' }).click();
  expect((await view.posted()).at(-1)).toEqual({ kind: 'stopLikelihood' });
  await view.close();
});

test('tokens stay text, and all of it comes back after a reload', async () => {
  const view = await openSteer(['dark', 760], steerState());
  await write(view, hostile);
  await view.page.getByRole('button', { name: 'Measure' }).click();
  await view.send(likelihoodMeasured(await lastMeasurement(view), [hostile, '\u202e', ' a\n']));
  expect(await isHacked(view)).toBe(false);
  const words = await view.page.locator('.judged-text').innerText();
  expect(words).toContain(hostile);
  const state: unknown = JSON.parse(JSON.stringify(await view.storedState()));
  await view.close();
  const again = await openView({ view: 'steer', theme: 'dark', width: 760, state });
  await again.send(steerState());
  expect(await again.page.locator('.judged-text').innerText()).toBe(words);
  expect(await again.page.locator('.likelihood textarea').inputValue()).toBe(hostile);
  expect(await again.page.locator('.likelihood').getByRole('status').innerText()).toBe('');
  expect(again.problems).toEqual([]);
  await again.close();
});
