// How `npm test` counts: nothing that did not run, or did not finish, may look like success.
import { describe, expect, test } from 'vitest';
import { countLastLine, countVitest, selectStages } from '../../../scripts/testing/stages.ts';

const ended = (output: string, succeeded = true): { output: string; succeeded: boolean } => ({
  output,
  succeeded,
});

describe('counting vitest', () => {
  const file = (status: string, tests: number): { status: string; assertionResults: number[] } => ({
    status,
    assertionResults: Array.from({ length: tests }, (_, index) => index),
  });

  test('passed tests', () => {
    const report = { numPassedTests: 3, numTotalTests: 3, testResults: [file('passed', 3)] };
    expect(countVitest(report, ended(''))).toEqual({ passed: 3, failed: 0 });
  });

  test('a skipped test is a failed one', () => {
    const report = { numPassedTests: 2, numTotalTests: 3, testResults: [file('passed', 3)] };
    expect(countVitest(report, ended(''))).toEqual({ passed: 2, failed: 1 });
  });

  test('a file that does not load is a failed test', () => {
    const testResults = [file('passed', 2), file('failed', 0)];
    const report = { numPassedTests: 2, numTotalTests: 2, testResults };
    expect(countVitest(report, ended('', false))).toEqual({ passed: 2, failed: 1 });
  });

  test('an error outside all tests fails the run', () => {
    const report = { numPassedTests: 2, numTotalTests: 2, testResults: [file('passed', 2)] };
    expect(countVitest(report, ended('unhandled rejection', false)).failed).toBe(1);
  });
});

describe('counting by the last line', () => {
  test('reads it', () => {
    expect(countLastLine(ended('  ✓ a\n12 passed, 0 failed\n'))).toEqual({ passed: 12, failed: 0 });
  });

  test('a run that ends early has failed', () => {
    expect(countLastLine(ended('  ✓ a\n', false))).toEqual({ passed: 0, failed: 1 });
  });
});

describe('choosing stages', () => {
  const names = (only: string[]): string[] => selectStages(only).map(({ name }) => name);

  test('keeps the order of the whole run', () => {
    expect(names(['unit', 'format'])).toEqual(['format', 'unit']);
  });

  test('brings what a stage needs', () => {
    expect(names(['e2e'])).toEqual(['build', 'e2e']);
  });

  test('an unknown name is answered with the known ones', () => {
    expect(() => selectStages(['units'])).toThrow(/"units"; the stages are format, types/);
  });
});
