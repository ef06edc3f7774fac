// Opens the test browser on a page of VS Code.
import { chromium, type Browser } from 'playwright-core';
import { ensureBrowser } from '../setup/browser.mjs';

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ ...(await ensureBrowser()), headless: true });
}
