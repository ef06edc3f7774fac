// The feature view alone in a plain browser page under the colours and the content security policy of VS Code: what
// it shows, what it says to the host, and that text from a model stays text.
import { describe, expect, test } from 'vitest';
import { neuronsOfBlock } from '../../src/shared/saePlace.ts';
import { featureIndex } from '../../src/shared/units.ts';
import type { ToFeatureView } from '../../src/shared/webviewProtocol.ts';
import type { ThemeName } from './themes.ts';
import { exampleOf, featureState, sae } from './webviewMessages.ts';
import { type ViewPage, hostile, isHacked, openView, useBrowser } from './webviewPage.ts';

useBrowser();

async function openFeature(
  theme: ThemeName,
  width: number,
  ...messages: readonly ToFeatureView[]
): Promise<ViewPage> {
  const view = await openView({ view: 'feature', theme, width });
  for (const message of messages) await view.send(message);
  return view;
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
    const unknown = { sae, feature: featureIndex(5000) };
    await view.send({ kind: 'loading', ...unknown });
    expect(await text()).toContain('Looking up feature 5000…');
    await view.screenshot('feature-loading');
    const message = 'The SAE has 4096 features.';
    await view.send({ kind: 'failed', message, ...unknown } as ToFeatureView);
    expect(await view.page.getByRole('alert').innerText()).toBe(message);
    // A view that was not there while it was looked for says of which feature that is, too.
    const late = await openFeature('dark', 320, { kind: 'failed', message, ...unknown });
    expect(await late.page.locator('h1').innerText()).toBe('Feature 5000');
    await late.close();
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

  test('a neuron is called one, wherever the view speaks of it', async () => {
    const ref = { sae: neuronsOfBlock(3), feature: featureIndex(2417) };
    const view = await openFeature('dark', 320, { kind: 'loading', ...ref });
    const app = view.page.locator('#app');
    expect(await app.innerText()).toContain('Looking up neuron 2417…');
    await view.send({ ...featureState(), sae: ref.sae } as ToFeatureView);
    expect(await view.page.getByRole('heading', { level: 1 }).innerText()).toBe('Neuron 2417');
    for (const name of ['Previous neuron', 'Next neuron', 'Steer This Neuron'])
      await view.page.getByRole('button', { name }).waitFor();
    const dead = { density: 0, maxActivation: 0, meanActivation: 0, peakTokens: [], examples: [] };
    await view.send({
      ...featureState({ ...dead, histogram: new Uint32Array(50) }),
      sae: ref.sae,
    } as ToFeatureView);
    expect(await app.innerText()).toContain('the neuron may be dead');
    expect(await app.innerHTML()).not.toMatch(/feature \d|[Ff]eature</);
    await view.send(featureState());
    expect(await view.page.getByRole('heading', { level: 1 }).innerText()).toBe('Feature 2417');
    await view.page.getByRole('button', { name: 'Next feature' }).waitFor();
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
