// Runs the suite with mocha inside VS Code's extension host. Two callers: @vscode/test-electron calls `run`, the
// runner extension in VS Code for the browser calls `runAndReport` and is read through a file.
import fs from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

const testTimeoutMs = 60_000;

/** The file a run leaves behind. */
export interface SuiteReport {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly error: string }[];
}

async function runSuite(): Promise<SuiteReport> {
  const mocha = new Mocha({ ui: 'bdd', timeout: testTimeoutMs, reporter: 'min', color: false });
  for (const file of testFiles()) mocha.addFile(path.join(import.meta.dirname, file));
  await mocha.loadFilesAsync();
  const passed: string[] = [];
  const failed: { title: string; error: string }[] = [];
  await new Promise<void>((resolve) => {
    mocha
      .run(() => resolve())
      .on('pass', (test) => passed.push(test.fullTitle()))
      .on('fail', (test, error: Error) =>
        failed.push({ title: test.fullTitle(), error: error.stack ?? error.message }),
      );
  });
  return { passed, failed };
}

/** What a window that nobody has used yet does can only be seen before everything else. */
const first = 'activation.test.cjs';

function testFiles(): readonly string[] {
  const files = fs.readdirSync(import.meta.dirname).filter((file) => file.endsWith('.test.cjs'));
  return [first, ...files.filter((file) => file !== first).sort()];
}

/** Entry for a desktop VS Code: a failed test rejects. */
export async function run(): Promise<void> {
  const { passed, failed } = await runSuite();
  const failures = failed.map(({ title, error }) => `\n${title}\n${error}`).join('\n');
  process.stdout.write(`${passed.length} passed, ${failed.length} failed${failures}\n`);
  if (failed.length > 0) throw new Error(`${failed.length} tests failed`);
}

/** Entry for the runner extension: whatever happens, `file` says so, and appears in one piece. */
export async function runAndReport(file: string): Promise<void> {
  const report = await runSuite().catch((error: unknown): SuiteReport => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { passed: [], failed: [{ title: 'the suite could not be run', error: text }] };
  });
  fs.writeFileSync(`${file}.partial`, JSON.stringify(report));
  fs.renameSync(`${file}.partial`, file);
}
