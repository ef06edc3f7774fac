// Benchmarks: what the engine costs beside plain onnxruntime, as ratios measured in one run on the same graph and
// machine. docs/benchmarks.md says what each one means. Nothing here is asserted in a test.
//
//   npm run bench -- [--json] [--quick] [--only analysis,edit] [--model default,gpt2]
import { messageOf } from '../src/shared/errors.ts';
import { benchActivation } from './activation.ts';
import { benchAnalysis } from './analysisOverhead.ts';
import { benchDecode } from './decodeStep.ts';
import { benchEncoding } from './encoding.ts';
import { benchFiles } from './files.ts';
import { benchLargeFile } from './largeFile.ts';
import { benchMemory } from './memory.ts';
import { readOptions, usage, type Effort, type Options } from './options.ts';
import { benchOpening } from './opening.ts';
import { benchOpeningSae } from './openingSae.ts';
import { benchEdit } from './reanalysis.ts';
import { benchPainting } from './painting.ts';
import { circumstances, humanReport } from './report.ts';
import type { BenchName, BenchResult } from './result.ts';
import { benchSlider, benchSweep } from './steering.ts';
import { openSubject, type Subject } from './subjects.ts';
import { benchTokenTable } from './tokenTable.ts';
import { benchTyping } from './typing.ts';

type OnSubject = (
  subject: Subject,
  effort: Effort,
) => Promise<BenchResult | readonly BenchResult[]>;
type Alone = (effort: Effort) => Promise<readonly BenchResult[]>;
type AloneName = 'encode' | 'open' | 'openSae' | 'files' | 'typing' | 'painting' | 'activation';
type OnSubjects = Exclude<BenchName, AloneName>;

const onSubject: Readonly<Record<OnSubjects, OnSubject>> = {
  analysis: benchAnalysis,
  decode: benchDecode,
  sweep: benchSweep,
  slider: benchSlider,
  edit: benchEdit,
  memory: (subject, effort) => benchMemory(subject, effort, 'memory'),
  memoryWithSteering: (subject, effort) => benchMemory(subject, effort, 'memoryWithSteering'),
};

/** What makes its own models and SAEs. */
const alone: Readonly<Record<AloneName, Alone>> = {
  encode: benchEncoding,
  open: benchOpening,
  openSae: benchOpeningSae,
  files: async (effort) => [
    ...(await benchFiles(effort)),
    ...(await benchLargeFile(effort)),
    ...(await benchTokenTable(effort)),
  ],
  typing: benchTyping,
  painting: benchPainting,
  activation: async (effort) => [await benchActivation(effort)],
};

function isAlone(name: BenchName): name is AloneName {
  return name in alone;
}

async function runAll({ names, subjects, effort }: Options): Promise<BenchResult[]> {
  const results: BenchResult[] = [];
  const onEach = names.filter((name) => !isAlone(name));
  for (const subjectName of onEach.length === 0 ? [] : subjects) {
    const subject = await openSubject(subjectName);
    for (const name of onEach) {
      process.stderr.write(`${name} on ${subject.name} … `);
      const found = [await onSubject[name](subject, effort)].flat();
      process.stderr.write(`${found.map(({ value }) => value.toPrecision(3)).join(', ')}\n`);
      results.push(...found);
    }
  }
  for (const name of names.filter(isAlone)) {
    process.stderr.write(`${name} …\n`);
    try {
      results.push(...(await alone[name](effort)));
    } catch (error) {
      // What the others have measured took long, and is not to be lost.
      process.stderr.write(`${name} failed: ${messageOf(error)}\n`);
      process.exitCode = 1;
    }
  }
  return results;
}

function parse(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exit(2);
  }
}

const options = parse();
const about = circumstances();
const results = await runAll(options);
console.log(
  options.json ? JSON.stringify({ ...about, results }, null, 2) : humanReport(about, results),
);
