// Runs a plan inside a real VS Code for the browser: our extension as it is built, the extension of inEditor/ beside it,
// a headless browser in front. Also looks at the page itself: when the editor shows colours.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build as bundle } from 'esbuild';
import type { Page } from 'playwright-core';
import { build } from '../scripts/build.ts';
import { root } from '../scripts/setup/paths.mjs';
import { launchBrowser } from '../scripts/vscode/browser.ts';
import { startCodeServer } from '../scripts/vscode/codeServerProcess.ts';
import {
  linkedExtension,
  prepareProfile,
  type LinkedExtension,
} from '../scripts/vscode/profile.ts';
import type { EditorPlan, EditorReport } from './editorReport.ts';

const longestMs = 900_000;
const viewport = { width: 1360, height: 820 };

/** A moment at which the number of coloured stretches in the page changed. */
export interface Shown {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly count: number;
}

export interface EditorOutcome {
  readonly report: EditorReport;
  /** In order of time. */
  readonly shown: readonly Shown[];
}

/** @param files name and content of what is in the workspace */
export async function runInEditor(
  plan: Omit<EditorPlan, 'report'>,
  files: ReadonlyMap<string, string>,
): Promise<EditorOutcome> {
  await build({ withTests: false });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-editor-'));
  const workspace = path.join(scratch, 'workspace');
  fs.mkdirSync(workspace);
  for (const [name, content] of files) fs.writeFileSync(path.join(workspace, name), content);
  const report = path.join(scratch, 'report.json');
  try {
    const runner = await writeRunner(path.join(scratch, 'runner'), { ...plan, report });
    const profile = prepareProfile(scratch, [linkedExtension(root), runner]);
    const server = await startCodeServer(workspace, profile);
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage({ viewport });
      const watching = await page.addInitScript(watchColours);
      await page.goto(server.url, { waitUntil: 'commit', timeout: longestMs });
      const outcome = { report: await waitForReport(report), shown: await readColours(page) };
      await watching.dispose();
      return outcome;
    } finally {
      await browser.close();
      await server.stop();
    }
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

async function writeRunner(folder: string, plan: EditorPlan): Promise<LinkedExtension> {
  fs.mkdirSync(folder, { recursive: true });
  const manifest = {
    ...{ publisher: 'monosem', name: 'editor-bench', version: '0.0.1' },
    ...{ engines: { vscode: '^1.90.0' }, main: './main.cjs' },
    activationEvents: ['onStartupFinished'],
  };
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  fs.writeFileSync(path.join(folder, 'plan.json'), JSON.stringify(plan));
  await bundle({
    entryPoints: [path.join(import.meta.dirname, 'inEditor', 'main.ts')],
    outfile: path.join(folder, 'main.cjs'),
    ...{ bundle: true, platform: 'node', format: 'cjs', external: ['vscode'] },
  });
  return linkedExtension(folder);
}

async function waitForReport(file: string): Promise<EditorReport> {
  const deadline = Date.now() + longestMs;
  while (!fs.existsSync(file)) {
    if (Date.now() > deadline) throw new Error('the benchmark inside VS Code did not end');
    await sleep(200);
  }
  const report = JSON.parse(fs.readFileSync(file, 'utf8')) as EditorReport;
  if (report.failure !== undefined) throw new Error(`inside VS Code: ${report.failure}`);
  return report;
}

interface WatchedWindow extends Window {
  coloursShown?: Shown[];
}

/** Runs in the page: frame by frame it counts what extensions have painted in editors. */
function watchColours(): void {
  const shown: Shown[] = [];
  (window as WatchedWindow).coloursShown = shown;
  const look = (): void => {
    const count = document.querySelectorAll('.monaco-editor [class*="ced-"]').length;
    if (count !== shown.at(-1)?.count) shown.push({ at: Date.now(), count });
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

function readColours(page: Page): Promise<readonly Shown[]> {
  return page.evaluate(() => (window as WatchedWindow).coloursShown ?? []);
}
