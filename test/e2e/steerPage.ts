// The steering view in a browser page, in the words of its tests.
import type { Browser } from 'playwright-core';
import type { ToSteerView } from '../../src/shared/webviewProtocol.ts';
import type { ThemeName } from './themes.ts';
import { type ViewPage, openView } from './webviewPage.ts';

/** @param look theme and width in pixels */
export async function openSteer(
  browser: Browser,
  look: readonly [theme: ThemeName, width: number],
  ...messages: readonly ToSteerView[]
): Promise<ViewPage> {
  const [theme, width] = look;
  const view = await openView(browser, { view: 'steer', theme, width });
  for (const message of messages) await view.send(message);
  return view;
}

/** Chooses the operation of a feature's edit. */
export async function choose(
  { page }: ViewPage,
  feature: number,
  operation: string,
): Promise<void> {
  const row = page.locator(`[data-feature="${String(feature)}"]`);
  await row.locator('.operation').click();
  await row.locator('vscode-option', { hasText: operation }).click();
}

/** Pixels by which the page is wider than its window. */
export async function overflow({ page }: ViewPage): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}
