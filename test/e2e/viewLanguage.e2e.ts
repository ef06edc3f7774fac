// The two views in other languages: in one that puts every text into brackets no word that people see or hear stands
// outside, and in German, whose words are long, all has its place.
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundleFile, readTexts } from '../../scripts/l10n/bundle.ts';
import { neuronsOfBlock } from '../../src/shared/saePlace.ts';
import { featureIndex } from '../../src/shared/units.ts';
import type { ToFeatureView, ToSteerView } from '../../src/shared/webviewProtocol.ts';
import { foreign, pseudoTexts, untranslated } from '../unit/pseudoLanguage.ts';
import { chooseIn, lastMeasurement, lastRun, lastSweep, playToEnd } from './steerPage.ts';
import {
  directions,
  featureState,
  likelihoodMeasured,
  sae,
  steerState,
  steps,
  sweepFinished,
  twoSaes,
} from './webviewMessages.ts';
import { type ViewPage, openView, useBrowser } from './webviewPage.ts';

useBrowser();

const texts = pseudoTexts(Object.keys(readTexts(bundleFile)));

/** Everything that can be read or is read out, and has no translation. */
async function forgotten({ page }: ViewPage): Promise<readonly string[]> {
  const shown = await page.evaluate(() => {
    const attributes = ['aria-label', 'title', 'placeholder'];
    const elements = [...document.body.querySelectorAll('*:not(script)')];
    return elements.flatMap((element) => [
      ...[...element.childNodes]
        .filter(({ nodeType }) => nodeType === Node.TEXT_NODE)
        .map(({ textContent }) => textContent ?? ''),
      // The library names even what it hides from screen readers.
      ...attributes
        .filter((name) => name === 'title' || element.ariaHidden !== 'true')
        .map((name) => element.getAttribute(name) ?? ''),
    ]);
  });
  expect(shown.some((text) => text.includes('⟦'))).toBe(true);
  return shown.flatMap(untranslated);
}

test('no word of the feature view stays English', async () => {
  const view = await openView({ view: 'feature', theme: 'dark', width: 320, texts });
  expect(await forgotten(view)).toEqual([]);
  const states: readonly ToFeatureView[] = [
    { kind: 'loading', sae, feature: featureIndex(7) },
    { ...featureState(), saeLabel: 'x' },
    featureState({ maxActivation: 0, examples: [] }),
    { ...featureState(), sae: neuronsOfBlock(3) },
    { ...featureState({ maxActivation: 0, examples: [] }), sae: neuronsOfBlock(3) },
    { kind: 'loading', sae: neuronsOfBlock(3), feature: featureIndex(7) },
  ];
  for (const state of states) {
    await view.send(foreign(state));
    expect(await forgotten(view)).toEqual([]);
  }
  await view.send(foreign(featureState()));
  for (const token of ['.token-active', '.token:not(.token-active)', '.histogram-target']) {
    await view.page.locator(token).first().hover({ force: true });
    expect(await view.page.getByRole('tooltip').innerText()).not.toBe('');
    expect(await forgotten(view)).toEqual([]);
  }
  expect(view.problems).toEqual([]);
  await view.close();
});

test('no word of the steering view stays English', async () => {
  const view = await openView({ view: 'steer', theme: 'dark', width: 760, texts });
  const { page } = view;
  await view.send(foreign(steerState({ features: [], prompt: '' })));
  expect(await forgotten(view)).toEqual([]);
  await view.send(foreign(twoSaes()));
  const row = page.locator('[data-feature="88"]');
  for (const operation of [...['⟦Cap⟧', '⟦Project⟧', '⟦Scale⟧', '⟦Ablate⟧', '⟦Clamp⟧', '⟦Add⟧']]) {
    await row.locator('.operation').click();
    await row.locator('vscode-option', { hasText: operation }).click();
    expect(await forgotten(view)).toEqual([]);
  }
  await page.getByRole('button', { name: '⟦Run⟧', exact: true }).click();
  const run = await lastRun(view);
  await view.send({ kind: 'started', run } as ToSteerView);
  for (const step of steps().slice(0, 5))
    await view.send(foreign<ToSteerView>({ kind: 'step', run, step }));
  expect(await forgotten(view)).toEqual([]);
  await view.send({ kind: 'finished', run, samples: [] } as ToSteerView);
  for (const side of ['baseline', 'steered']) {
    await page.locator(`.continuation-${side} .token`).nth(2).hover();
    expect(await forgotten(view)).toEqual([]);
  }
  await row.locator('.disclosure').click();
  await page.getByRole('group', { name: '⟦Settings⟧' }).getByText('⟦More⟧').click();
  await row.getByRole('button', { name: '⟦Sweep⟧' }).click();
  await page.locator('.sweep').getByRole('button', { name: '⟦Sweep⟧', exact: true }).click();
  await view.send(foreign<ToSteerView>(sweepFinished(await lastSweep(view))));
  await page.getByRole('button', { name: '⟦Likelihood of a given continuation⟧' }).click();
  expect(await forgotten(view)).toEqual([]);
  await page.locator('.likelihood textarea').fill('⟦upon⟧');
  await page.getByRole('button', { name: '⟦Measure⟧' }).click();
  expect(await forgotten(view)).toEqual([]);
  await view.send(foreign<ToSteerView>(likelihoodMeasured(await lastMeasurement(view))));
  await page.locator('.judged-text .token').first().hover();
  expect(await forgotten(view)).toEqual([]);
  await view.screenshot('steer-translated');
  expect(view.problems).toEqual([]);
  await view.close();
});

test('no word about directions stays English', async () => {
  const view = await openView({ view: 'steer', theme: 'dark', width: 760, texts });
  const { page } = view;
  await view.send(foreign(steerState()));
  await page.getByRole('button', { name: '⟦New Direction⟧' }).click();
  await page.getByRole('button', { name: '⟦Make Direction⟧' }).click();
  expect(await forgotten(view)).toEqual([]);
  const form = page.locator('.direction-form');
  await form.locator('textarea').nth(0).fill('«a»');
  await form.locator('textarea').nth(1).fill('«b»');
  for (const label of ['⟦From File…⟧', '⟦Make Direction⟧']) {
    await page.getByRole('button', { name: label }).click();
    expect(await form.getByRole('status').innerText()).toContain('⟦');
    expect(await forgotten(view)).toEqual([]);
    await view.send({ kind: 'directionFailed', message: '' } as ToSteerView);
  }
  await view.send(foreign({ ...twoSaes(), directions }));
  const row = page.locator('.direction-row').first();
  for (const operation of ['⟦Cap⟧', '⟦Project⟧', '⟦Add⟧']) {
    await chooseIn(row, operation);
    expect(await forgotten(view)).toEqual([]);
  }
  await row.locator('.unit').click();
  await row.locator('vscode-option', { hasText: '⟦× norm⟧' }).click();
  await row.locator('.disclosure').click();
  for (const number of ['7', '7000']) {
    await row.locator('.gate .text-field').fill(number);
    expect(await forgotten(view)).toEqual([]);
  }
  await row.locator('.gate .text-field').fill('');
  await row.getByRole('button', { name: '⟦Sweep⟧' }).click();
  expect(await forgotten(view)).toEqual([]);
  expect(view.problems).toEqual([]);
  await view.close();
});

describe('in German', () => {
  const german = {
    language: 'de',
    texts: readTexts(path.join(path.dirname(bundleFile), 'bundle.l10n.de.json')),
  };

  async function isTooWide({ page }: ViewPage): Promise<boolean> {
    return page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth > clientWidth;
    });
  }

  test.for([200, 320])(
    'the feature view has room for its words and figures: %i px',
    async (width) => {
      const view = await openView({ view: 'feature', theme: 'light', width, ...german });
      await view.send(featureState());
      const { page } = view;
      expect(await page.locator('.fact').first().innerText()).toBe('Dichte\n0,87\u00A0%');
      await page.getByRole('button', { name: 'Dieses Feature steuern' }).waitFor();
      await view.send({ ...featureState(), sae: neuronsOfBlock(3) } as ToFeatureView);
      await page.getByRole('button', { name: 'Dieses Neuron steuern' }).waitFor();
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Neuron 2417');
      expect(await isTooWide(view)).toBe(false);
      await view.screenshot(`feature-german-${String(width)}`);
      expect(view.problems).toEqual([]);
      await view.close();
    },
  );

  test.for([200, 340, 760])('the steering view has, too: %i px', async (width) => {
    const view = await openView({ view: 'steer', theme: 'dark', width, ...german });
    const { page } = view;
    await view.send({ ...twoSaes(), directions } as ToSteerView);
    const direction = page.locator('.direction-row').first();
    await chooseIn(direction, 'Addieren');
    await direction.locator('.disclosure').click();
    await page.getByRole('button', { name: 'Neue Richtung' }).click();
    const row = page.locator('[data-feature="88"]');
    await row.locator('.operation').click();
    await row.locator('vscode-option', { hasText: 'Fixieren' }).click();
    expect(await row.locator('.explanation').innerText()).toBe(
      'Seine Aktivierung wird 6,42, 1× seines Maximums. Auf allen Token.',
    );
    await page.getByRole('button', { name: 'Ausführen', exact: true }).click();
    await playToEnd(view, steps());
    await row.locator('.disclosure').click();
    await row.getByRole('button', { name: 'Durchfahren' }).click();
    await page.locator('.sweep').getByRole('button', { name: 'Durchfahren', exact: true }).click();
    await view.send(sweepFinished(await lastSweep(view)));
    const part = page.locator('.likelihood');
    await part.getByRole('button', { name: 'Wahrscheinlichkeit einer' }).click();
    await part.getByRole('button', { name: 'Gesteuerter Text' }).click();
    await part.getByRole('button', { name: 'Messen' }).click();
    await view.send(likelihoodMeasured(await lastMeasurement(view)));
    expect(await part.locator('.likelihood-verdict').innerText()).toMatch(
      /^Mit den Eingriffen ist die Fortsetzung \d+-mal so wahrscheinlich wie ohne sie\.$/u,
    );
    expect(await isTooWide(view)).toBe(false);
    await page.mouse.move(0, 0);
    await view.screenshot(`steer-german-${String(width)}`);
    expect(view.problems).toEqual([]);
    await view.close();
  });
});
