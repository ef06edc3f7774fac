// `npm test`: every check of the project, one stage after the other. A failed stage does not stop the rest, so one
// run shows everything; only failing stages show their output. The last line is `N passed, M failed`.
// `npm test -- --only unit,lint` runs some stages; `--update-screenshots` renews the pictures in docs/screenshots.
import { parseArgs } from 'node:util';
import { runStage, type StageResult } from './testing/runStage.ts';
import { selectStages, type Stage } from './testing/stages.ts';

function describe(stage: Stage, { passed, failed, seconds }: StageResult): string {
  const mark = failed === 0 ? '✓' : '✗';
  const total = passed + failed;
  const tests = total === 1 ? '' : `${total} tests`;
  return `${mark} ${stage.name.padEnd(8)} ${tests.padStart(10)} ${seconds.toFixed(1).padStart(7)} s`;
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, 'update-screenshots': { type: 'boolean', default: false } },
});
if (values['update-screenshots']) process.env['MONOSEM_UPDATE_SCREENSHOTS'] = '1';

try {
  let passed = 0;
  let failed = 0;
  for (const stage of selectStages(values.only?.split(','))) {
    if (process.stdout.isTTY) process.stdout.write(`… ${stage.name}\r`);
    const result = await runStage(stage);
    console.log(describe(stage, result));
    if (result.failed > 0) console.log(`\n${result.output.trimEnd()}\n`);
    passed += result.passed;
    failed += result.failed;
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
