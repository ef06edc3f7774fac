// The stages of `npm test`, in order: what each runs and how its tests are counted. A stage without tests of its
// own (format, types, …) counts as one test.
import fs from 'node:fs';
import path from 'node:path';
import { ensureBrowser } from '../setup/browser.mjs';
import { ensureCodeServer } from '../setup/codeServer.mjs';
import { cacheFolder } from '../setup/paths.mjs';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** How a stage's process ended. */
export interface Outcome {
  readonly succeeded: boolean;
  readonly output: string;
}

export interface Stage {
  readonly name: string;
  /** Arguments for Node.js, the working directory being the project. */
  readonly command: readonly string[];
  /** What must be there first. */
  readonly prepare?: () => Promise<unknown>;
  /** Stages whose results this one uses. */
  readonly needs?: readonly string[];
  /** How many tests the outcome stands for. */
  readonly count: (outcome: Outcome) => Counts;
}

const minutesOf = (n: number): number => n * 60_000;
export const stageTimeoutMs = minutesOf(20);

function reportFile(name: string): string {
  return path.join(cacheFolder, 'reports', `${name}.json`);
}

function asOneTest({ succeeded }: Outcome): Counts {
  return succeeded ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** The parts of vitest's JSON report that are used. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  /** Files; one that cannot be loaded has failed without a single test. */
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly unknown[];
  }[];
}

/** A skipped test counts as failed: a test that does not run protects nothing. */
export function countVitest(report: VitestReport, { succeeded }: Outcome): Counts {
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length;
  const failed = report.numTotalTests - report.numPassedTests + brokenFiles;
  // An error outside any test, e.g. a rejection nobody handled, fails the run too.
  return { passed: report.numPassedTests, failed: succeeded ? failed : Math.max(failed, 1) };
}

/** Reads the last line `N passed, M failed` of a stage's output. */
export function countLastLine(outcome: Outcome): Counts {
  const last = outcome.output.trimEnd().split('\n').at(-1) ?? '';
  const match = /^(\d+) passed, (\d+) failed$/.exec(last);
  if (match === null) return { passed: 0, failed: 1 };
  const failed = Number(match[2]);
  return { passed: Number(match[1]), failed: outcome.succeeded ? failed : Math.max(failed, 1) };
}

function vitest(name: string, config: string): Pick<Stage, 'command' | 'count' | 'prepare'> {
  const file = reportFile(name);
  return {
    command: [
      ...['node_modules/vitest/vitest.mjs', 'run', '--config', config],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${file}`],
    ],
    prepare: () => fs.promises.rm(file, { force: true }),
    count: (outcome) => {
      if (!fs.existsSync(file)) return { passed: 0, failed: 1 };
      return countVitest(JSON.parse(fs.readFileSync(file, 'utf8')) as VitestReport, outcome);
    },
  };
}

function check(name: string, command: readonly string[]): Stage {
  return { name, command, count: asOneTest };
}

async function prepareVsCode(): Promise<void> {
  await ensureCodeServer();
  await ensureBrowser();
}

const unit = vitest('unit', 'vitest.config.ts');
const endToEnd = vitest('e2e', 'vitest.e2e.config.ts');

export const stages: readonly Stage[] = [
  check('format', [
    'node_modules/prettier/bin/prettier.cjs',
    '--check',
    '--log-level=warn',
    '--cache',
    '--cache-location=.cache/prettier',
    '.',
  ]),
  check('types', ['node_modules/typescript/bin/tsc', '-b']),
  check('lint', ['node_modules/eslint/bin/eslint.js', '--max-warnings=0', '.']),
  check('imports', [
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    ...['--config', '.dependency-cruiser.cjs', 'src', 'webview', 'test', 'bench', 'scripts'],
  ]),
  check('unused', ['node_modules/knip/bin/knip.js', '--no-progress']),
  { name: 'unit', ...unit },
  check('build', ['esbuild.mjs', '--tests']),
  {
    name: 'suite',
    command: ['scripts/testing/suite.ts'],
    prepare: prepareVsCode,
    needs: ['build'],
    count: countLastLine,
  },
  {
    name: 'e2e',
    ...endToEnd,
    prepare: async () => {
      await endToEnd.prepare?.();
      await prepareVsCode();
    },
    needs: ['build'],
  },
];

/**
 * @param names as typed after --only, or undefined for all stages
 * @throws an Error that lists the names there are
 */
export function selectStages(names: readonly string[] | undefined): readonly Stage[] {
  if (names === undefined) return stages;
  const known = stages.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(
      `There is no stage "${unknown.join(', ')}"; the stages are ${known.join(', ')}.`,
    );
  const needed = stages.flatMap(({ name, needs }) => (names.includes(name) ? (needs ?? []) : []));
  return stages.filter(({ name }) => names.includes(name) || needed.includes(name));
}
