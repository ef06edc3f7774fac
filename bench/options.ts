// The command line of the benchmarks.
import { parseArgs } from 'node:util';
import { benchNames, type BenchName } from './result.ts';
import { subjectNames, type SubjectName } from './subjects.ts';

/** How often things are repeated. */
export interface Effort {
  readonly rounds: number;
  /** Decode steps. */
  readonly steps: number;
  /** Processes per side when memory is measured. */
  readonly processes: number;
  /** Processes per side when opening is measured. */
  readonly openings: number;
  /** Characters typed in a row, and characters typed with a pause behind each. */
  readonly keystrokes: number;
  readonly pauses: number;
  /** How often 10,000 tokens are painted. */
  readonly paintings: number;
  /** Files that are opened and edited, and how often. */
  readonly files: readonly { readonly tokens: number; readonly rounds: number }[];
}

const full: Effort = {
  ...{ rounds: 15, steps: 96, processes: 3, openings: 9 },
  ...{ keystrokes: 200, pauses: 20, paintings: 9 },
  files: [
    { tokens: 1000, rounds: 9 },
    { tokens: 10_000, rounds: 4 },
    { tokens: 100_000, rounds: 2 },
  ],
};
/** To see that everything runs; the figures mean little. */
const quick: Effort = {
  ...{ rounds: 2, steps: 4, processes: 1, openings: 1 },
  ...{ keystrokes: 30, pauses: 2, paintings: 2 },
  files: [{ tokens: 1000, rounds: 1 }],
};

export interface Options {
  readonly json: boolean;
  readonly names: readonly BenchName[];
  readonly subjects: readonly SubjectName[];
  readonly effort: Effort;
}

export const usage = `npm run bench -- [--json] [--quick] [--only ${benchNames.join(',')}] [--model ${subjectNames.join(',')}]`;

function choice<T extends string>(known: readonly T[], given: string | undefined): readonly T[] {
  if (given === undefined) return known;
  return given.split(',').map((name) => {
    const found = known.find((each) => each === name.trim());
    if (found === undefined) throw new Error(`"${name}" is not one of ${known.join(', ')}`);
    return found;
  });
}

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      model: { type: 'string' },
    },
  });
  return {
    json: values.json,
    names: choice(benchNames, values.only),
    subjects: choice(subjectNames, values.model),
    effort: values.quick ? quick : full,
  };
}
