// Runs test/suite inside the extension host of VS Code for the browser: a runner extension beside ours starts the
// suite when the workbench opens in a headless browser, and leaves a report file. dist/ must have been built with --tests.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SuiteReport } from '../../test/suite/run.ts';
import { root } from '../setup/paths.mjs';
import { launchBrowser } from '../vscode/browser.ts';
import { startCodeServer } from '../vscode/codeServerProcess.ts';
import { linkedExtension, prepareProfile, type LinkedExtension } from '../vscode/profile.ts';

const suiteTimeoutMs = 600_000;

/** An extension that runs the suite as soon as the workbench is up. */
function writeRunner(folder: string, reportFile: string): LinkedExtension {
  fs.mkdirSync(folder, { recursive: true });
  const manifest = {
    ...{ publisher: 'monosem', name: 'suite-runner', version: '0.0.1' },
    ...{
      engines: { vscode: '^1.90.0' },
      main: './main.cjs',
      activationEvents: ['onStartupFinished'],
    },
  };
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  const suite = JSON.stringify(path.join(root, 'dist', 'test', 'suite', 'run.cjs'));
  fs.writeFileSync(
    path.join(folder, 'main.cjs'),
    `exports.activate = () => { void require(${suite}).runAndReport(${JSON.stringify(reportFile)}); };\n`,
  );
  return linkedExtension(folder);
}

async function waitForReport(file: string): Promise<SuiteReport | undefined> {
  const deadline = Date.now() + suiteTimeoutMs;
  while (Date.now() < deadline) {
    if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')) as SuiteReport;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return undefined;
}

async function runInVsCode(scratch: string): Promise<SuiteReport> {
  const samples = path.join(scratch, 'samples');
  fs.cpSync(path.join(root, 'samples'), samples, { recursive: true });
  const reportFile = path.join(scratch, 'report.json');
  const runner = writeRunner(path.join(scratch, 'runner'), reportFile);
  const example = linkedExtension(path.join(root, 'docs', 'example-extension'));
  const profile = prepareProfile(scratch, [linkedExtension(root), example, runner]);
  const server = await startCodeServer(samples, profile);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(server.url, { waitUntil: 'commit', timeout: suiteTimeoutMs });
    const report = await waitForReport(reportFile);
    if (report !== undefined) return report;
    const screenshot = path.join(root, '.cache', 'suite-timeout.png');
    await page.screenshot({ path: screenshot });
    const log = fs.readFileSync(server.logFile, 'utf8').split('\n').slice(-20).join('\n');
    const error = `no report after ${suiteTimeoutMs / 1000} s; screenshot: ${screenshot}\n${log}`;
    return { passed: [], failed: [{ title: 'the suite did not finish', error }] };
  } finally {
    await browser.close();
    await server.stop();
  }
}

// A stage that takes too long is ended by this signal; leaving through exit() takes the server along.
process.once('SIGTERM', () => process.exit(1));
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-suite-'));
try {
  const { passed, failed } = await runInVsCode(scratch);
  for (const title of passed) console.log(`  ✓ ${title}`);
  for (const { title, error } of failed) console.log(`  ✗ ${title}\n${error}`);
  console.log(`${passed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 && passed.length > 0 ? 0 : 1;
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
