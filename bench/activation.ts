// (e) How long VS Code waits for the extension: loading its bundle and activating it, seen from another extension in a
// real extension host of VS Code for the browser. Each start is a new extension host.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from '../scripts/build.ts';
import { root } from '../scripts/setup/paths.mjs';
import { launchBrowser } from '../scripts/vscode/browser.ts';
import { startCodeServer } from '../scripts/vscode/codeServerProcess.ts';
import {
  linkedExtension,
  prepareProfile,
  type LinkedExtension,
} from '../scripts/vscode/profile.ts';
import type { BenchResult } from './result.ts';
import { median, single } from './statistics.ts';
import type { Effort } from './options.ts';

const longestMs = 120_000;
/** Between the end of VS Code's start and the measurement. */
const quietMs = 3000;

/** What the timer extension leaves behind. */
interface Activation {
  /** Loading and activating, in milliseconds. */
  readonly total: number;
  /** The extension's own figure: its `activate` alone. */
  readonly own: number;
}

/**
 * Our extension as it is, except that it waits to be activated: at start-up it would share the extension host with
 * everything else that starts then.
 */
function writePatientCopy(folder: string): LinkedExtension {
  fs.mkdirSync(folder, { recursive: true });
  for (const name of ['dist', 'media', 'models']) {
    fs.symlinkSync(path.join(root, name), path.join(folder, name), 'junction');
  }
  fs.copyFileSync(path.join(root, 'package.nls.json'), path.join(folder, 'package.nls.json'));
  const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as object;
  fs.writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ ...manifest, activationEvents: [] }),
  );
  return linkedExtension(folder);
}

/** An extension that activates ours once VS Code has started and is quiet. */
function writeTimer(folder: string, reportFile: string): LinkedExtension {
  fs.mkdirSync(folder, { recursive: true });
  const manifest = {
    ...{ publisher: 'monosem', name: 'activation-timer', version: '0.0.1' },
    ...{ engines: { vscode: '^1.90.0' }, main: './main.cjs' },
    activationEvents: ['onStartupFinished'],
  };
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  const file = JSON.stringify(reportFile);
  fs.writeFileSync(
    path.join(folder, 'main.cjs'),
    `const fs = require('node:fs'), vscode = require('vscode');
exports.activate = () => { setTimeout(measure, ${quietMs}); };
async function measure() {
  const extension = vscode.extensions.getExtension('monosem.monosem');
  const start = performance.now();
  const { testing } = await extension.activate();
  const total = performance.now() - start;
  fs.writeFileSync(${file} + '.partial', JSON.stringify({ total, own: testing.activationMs }));
  fs.renameSync(${file} + '.partial', ${file});
}
`,
  );
  return linkedExtension(folder);
}

async function waitForReport(file: string): Promise<Activation> {
  const deadline = Date.now() + longestMs;
  while (!fs.existsSync(file)) {
    if (Date.now() > deadline) throw new Error('VS Code did not activate the extension');
    await sleep(100);
  }
  const report = JSON.parse(fs.readFileSync(file, 'utf8')) as Activation;
  fs.rmSync(file);
  return report;
}

async function measure(scratch: string, starts: number): Promise<Activation[]> {
  const workspace = path.join(scratch, 'workspace');
  fs.mkdirSync(workspace);
  const reportFile = path.join(scratch, 'activation.json');
  const timer = writeTimer(path.join(scratch, 'timer'), reportFile);
  const server = await startCodeServer(
    workspace,
    prepareProfile(scratch, [writePatientCopy(path.join(scratch, 'monosem')), timer]),
  );
  const browser = await launchBrowser();
  try {
    const activations: Activation[] = [];
    for (let i = 0; i < starts; i++) {
      const page = await browser.newPage();
      await page.goto(server.url, { waitUntil: 'commit', timeout: longestMs });
      activations.push(await waitForReport(reportFile));
      await page.close();
    }
    return activations;
  } finally {
    await browser.close();
    await server.stop();
  }
}

export async function benchActivation({ processes }: Effort): Promise<BenchResult> {
  await build({ withTests: false });
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-activation-'));
  try {
    const activations = await measure(scratch, processes);
    const totals = activations.map(({ total }) => total);
    const own = median(activations.map((activation) => activation.own));
    const what = `load and activate in VS Code (of it activate itself: ${own.toFixed(1)} ms)`;
    return single({ name: 'activation', what, unit: 'ms' }, totals);
  } finally {
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}
