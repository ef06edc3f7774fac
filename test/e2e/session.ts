// One VS Code in one browser for one test file: a temporary copy of samples/, a fresh profile, the extension as built in
// dist/ or as packed. Screenshots go to .cache/e2e, and to docs/screenshots when those are to be renewed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { cacheFolder, root } from '../../scripts/setup/paths.mjs';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { startCodeServer, type CodeServer } from '../../scripts/vscode/codeServerProcess.ts';
import { installExtension } from '../../scripts/vscode/installExtension.ts';
import { speakLanguage } from '../../scripts/vscode/languagePack.ts';
import { linkedExtension, prepareProfile } from '../../scripts/vscode/profile.ts';

const viewport = { width: 1360, height: 820 };
/** Longest an action may take before the failure names its locator. */
const actionTimeoutMs = 60_000;
/** Two busy cores need their time to load the workbench. */
const startTimeoutMs = 120_000;

export interface SessionOptions {
  /** The workspace is restricted until somebody trusts it. */
  readonly asksForTrust?: boolean;
  /** Changes the workspace before it is opened. */
  readonly prepare?: (workspace: string) => void;
  /** Of VS Code, e.g. `de`; English if left out. */
  readonly language?: string;
  /** A .vsix to install in the place of what is built in dist/. */
  readonly packageFile?: string;
}

export class Session {
  readonly page: Page;
  /** The copy of samples/ that is open. */
  readonly workspace: string;
  /** Where the extension is. */
  readonly extension: string;
  readonly #scratch: string;
  readonly #server: CodeServer;
  readonly #browser: Browser;

  private constructor(
    parts: { page: Page; server: CodeServer; browser: Browser },
    { scratch, workspace, extension }: { scratch: string; workspace: string; extension: string },
  ) {
    this.page = parts.page;
    this.#server = parts.server;
    this.#browser = parts.browser;
    this.#scratch = scratch;
    this.workspace = workspace;
    this.extension = extension;
  }

  static async start(
    settings: Readonly<Record<string, unknown>> = {},
    { asksForTrust = false, language, packageFile, prepare }: SessionOptions = {},
  ): Promise<Session> {
    // A stage that takes too long is ended by this signal; leaving through exit() takes the server along.
    process.once('SIGTERM', () => process.exit(1));
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-e2e-'));
    const workspace = path.join(scratch, 'samples');
    fs.cpSync(path.join(root, 'samples'), workspace, { recursive: true });
    prepare?.(workspace);
    const linked = packageFile === undefined ? [linkedExtension(root)] : [];
    const profile = prepareProfile(scratch, linked, settings);
    const extension =
      packageFile === undefined ? root : await installExtension(packageFile, profile);
    if (language !== undefined) speakLanguage(profile, language);
    const server = await startCodeServer(workspace, profile, { asksForTrust });
    const browser = await launchBrowser();
    const page = await browser.newPage({ viewport, deviceScaleFactor: 2 });
    page.setDefaultTimeout(actionTimeoutMs);
    await page.goto(server.url, { waitUntil: 'commit', timeout: startTimeoutMs });
    return new Session({ page, server, browser }, { scratch, workspace, extension });
  }

  /** @param name e.g. `hover`: becomes hover.png */
  async screenshot(name: string): Promise<void> {
    const folders = [path.join(cacheFolder, 'e2e')];
    if (process.env['MONOSEM_UPDATE_SCREENSHOTS'] !== undefined)
      folders.push(path.join(root, 'docs', 'screenshots'));
    // What fades in is shown as it will be.
    const image = await this.page.screenshot({ timeout: startTimeoutMs, animations: 'disabled' });
    for (const folder of folders) {
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, `${name}.png`), image);
    }
  }

  /** Keeps what helps to understand a failed test: the picture and the server's log. */
  async keepEvidence(name: string): Promise<void> {
    const folder = path.join(cacheFolder, 'e2e');
    fs.mkdirSync(folder, { recursive: true });
    fs.copyFileSync(this.#server.logFile, path.join(folder, `${name}-failed.log`));
    const image = path.join(folder, `${name}-failed.png`);
    await this.page.screenshot({ path: image, timeout: startTimeoutMs });
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    fs.rmSync(this.#scratch, { recursive: true, force: true });
  }
}
