// One VS Code in one browser for one test file: a temporary copy of samples/, a fresh profile, the extension as built in
// dist/ or as packed. Screenshots go to .cache/e2e, and to docs/screenshots when those are to be renewed.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach } from 'vitest';
import { cacheFolder, root } from '../../scripts/setup/paths.mjs';
import { launchBrowser } from '../../scripts/vscode/browser.ts';
import { startCodeServer, type CodeServer } from '../../scripts/vscode/codeServerProcess.ts';
import { installExtension } from '../../scripts/vscode/installExtension.ts';
import { speakLanguage } from '../../scripts/vscode/languagePack.ts';
import { linkedExtension, prepareProfile } from '../../scripts/vscode/profile.ts';
import { Workbench } from './workbench.ts';

const viewport = { width: 1360, height: 820 };
/** Longest an action may take before the failure names its locator. */
const actionTimeoutMs = 60_000;
/** Two busy cores need their time to load the workbench. */
const startTimeoutMs = 120_000;

/** The file of samples/ that tests look at. */
export const story = 'lily-and-the-lantern.txt';
/** The engine starts, a model is loaded, a text is written: seconds, unless something else has the processor. */
export const openTimeout = 120_000;
/** How something that changes by itself is looked at. */
export const slowly = { timeout: openTimeout, interval: 500 };

export interface SessionFolders {
  /** Removed when the session is closed. */
  readonly scratch: string;
  /** The copy of samples/ that will be open. */
  readonly workspace: string;
}

export interface SessionOptions {
  /** Of the user. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The workspace is restricted until somebody trusts it. */
  readonly asksForTrust?: boolean;
  /** Of VS Code, e.g. `de`; English if left out. */
  readonly language?: string;
  /** A .vsix to install in the place of what is built in dist/. */
  readonly packageFile?: string;
}

/** Fills the folders before VS Code opens them, and says what it is started with. */
export type SetUp = (folders: SessionFolders) => SessionOptions | Promise<SessionOptions>;

interface Running extends SessionFolders {
  readonly page: Page;
  readonly server: CodeServer;
  readonly browser: Browser;
  /** Where the extension is. */
  readonly extension: string;
}

export class Session {
  readonly workbench = new Workbench(this);
  #running: Running | undefined;

  get page(): Page {
    return this.#parts.page;
  }

  get scratch(): string {
    return this.#parts.scratch;
  }

  get workspace(): string {
    return this.#parts.workspace;
  }

  get extension(): string {
    return this.#parts.extension;
  }

  get #parts(): Running {
    if (this.#running === undefined) throw new Error('VS Code has not been started yet');
    return this.#running;
  }

  /** Until the workbench is drawn and the extension has its place in the status bar. */
  async start(setUp: SetUp): Promise<void> {
    // A stage that takes too long is ended by this signal; leaving through exit() takes the server along.
    process.once('SIGTERM', () => process.exit(1));
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-e2e-'));
    const workspace = path.join(scratch, 'samples');
    fs.cpSync(path.join(root, 'samples'), workspace, { recursive: true });
    const options = await setUp({ scratch, workspace });
    const { settings, asksForTrust = false, language, packageFile } = options;
    const linked = packageFile === undefined ? [linkedExtension(root)] : [];
    const profile = prepareProfile(scratch, linked, settings);
    const extension =
      packageFile === undefined ? root : await installExtension(packageFile, profile);
    if (language !== undefined) speakLanguage(profile, language);
    const server = await startCodeServer(workspace, profile, { asksForTrust });
    const browser = await launchBrowser();
    const page = await browser.newPage({ viewport, deviceScaleFactor: 2 });
    this.#running = { page, server, browser, scratch, workspace, extension };
    page.setDefaultTimeout(actionTimeoutMs);
    await page.goto(server.url, { waitUntil: 'commit', timeout: startTimeoutMs });
    await this.workbench.ready();
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
    fs.copyFileSync(this.#parts.server.logFile, path.join(folder, `${name}-failed.log`));
    const image = path.join(folder, `${name}-failed.png`);
    await this.page.screenshot({ path: image, timeout: startTimeoutMs });
  }

  async close(): Promise<void> {
    const { browser, server, scratch } = this.#parts;
    await browser.close();
    await server.stop();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

/** The session that all tests of a `describe` share: started before the first one, closed behind the last. */
export function sharedSession(setUp: SetUp = () => ({})): Session {
  const session = startedSession(setUp);
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await session.keepEvidence(asFileName(task.name));
  });
  return session;
}

/** The same, where each test goes on where the one before it ended: behind one that failed none is tried. */
export function sessionInSteps(setUp: SetUp = () => ({})): Session {
  const session = startedSession(setUp);
  let failedStep: string | undefined;
  beforeEach(() => {
    if (failedStep !== undefined) throw new Error(`not tried, because "${failedStep}" failed`);
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail' || failedStep !== undefined) return;
    failedStep = task.name;
    await session.keepEvidence(asFileName(task.name));
  });
  return session;
}

function startedSession(setUp: SetUp): Session {
  const session = new Session();
  beforeAll(async () => {
    await session.start(setUp);
    return () => session.close();
  });
  return session;
}

function asFileName(title: string): string {
  return title.replaceAll(/\W+/g, '-');
}
