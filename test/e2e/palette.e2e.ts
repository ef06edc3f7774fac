// The colours of features in the views are those of the palette that is set, for every theme, and follow it.
import { expect, test } from 'vitest';
import { featureColour, paletteNames } from '../../src/shared/palette.ts';
import type { PaletteMessage } from '../../src/shared/webviewProtocol.ts';
import type { ThemeName } from './themes.ts';
import { featureState } from './webviewMessages.ts';
import { openView, useBrowser } from './webviewPage.ts';

useBrowser();

test.for<[ThemeName, 'light' | 'dark']>([
  ['dark', 'dark'],
  ['light', 'light'],
  ['high-contrast', 'dark'],
])('a feature has the colour of the palette: %s', async ([theme, version]) => {
  const view = await openView({ view: 'feature', theme, width: 320 });
  const state = featureState();
  await view.send(state);
  const summary = view.page.locator('.summary');
  await summary.waitFor();
  const shown = (): Promise<string> =>
    summary.evaluate((element) => getComputedStyle(element).getPropertyValue('--feature').trim());
  expect(await shown()).toBe(featureColour(state.summary.feature)[version]);
  for (const palette of paletteNames.toReversed()) {
    const message: PaletteMessage = { kind: 'palette', palette };
    await view.send(message);
    expect(await shown()).toBe(featureColour(state.summary.feature, palette)[version]);
  }
  expect(view.problems).toEqual([]);
  await view.close();
});
