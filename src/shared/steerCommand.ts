// A run of steering as the command that repeats it: `monosem steer …`. What it gives, the command's own reader reads as the
// same run: test/unit/shared/steerCommand.test.ts.
import { commandLine, modelOptions, type Option } from './commandLine.ts';
import { directionFileOf, makingCommands } from './directionCommand.ts';
import { writeSteerEdit } from './editText.ts';
import type {
  NamedDirection,
  NamedEdit,
  Sampling,
  SteerEdit,
  SteerParams,
  SteerScope,
} from './engineProtocol.ts';
import { directionsOf } from './namedEdits.ts';
import type { Shell } from './shellWords.ts';

type AnyEdit = SteerEdit | NamedEdit;

/** A run as it is asked for; directions may go by name alone. */
export type RunToRepeat = Omit<SteerParams, 'edits'> & { readonly edits: readonly AnyEdit[] };

const samplingOptions: readonly (readonly [name: keyof Sampling, option: string])[] = [
  ['temperature', 'temperature'],
  ['topK', 'top-k'],
  ['topP', 'top-p'],
  ['minP', 'min-p'],
  ['repetitionPenalty', 'repetition-penalty'],
  ['frequencyPenalty', 'frequency-penalty'],
  ['presencePenalty', 'presence-penalty'],
];

/**
 * A run that goes on behind earlier texts becomes one longer run, which writes the same. Directions made of texts are made
 * first, each into a file beside.
 * @param directions those that the edits name, maybe among others
 * @throws MonosemError `badArgument` for a text that no command line can hold, `badEdit` for a direction that is none of these
 */
export function copyAsCommand(
  run: RunToRepeat,
  shell: Shell = 'posix',
  directions: readonly NamedDirection[] = [],
): string {
  const used = directionsOf(run.edits, directions);
  const command = ['monosem', 'steer', ...(run.chat === true ? ['--chat'] : [])];
  const steer = commandLine(command, optionsOf(run, used), shell);
  return [...makingCommands(used, run.source, shell), steer].join(' && ');
}

function optionsOf(run: RunToRepeat, directions: readonly NamedDirection[]): Option[] {
  const { source, prompt, maxTokens, seed, stop = [], samples, top } = run;
  const { scope, edits } = withoutScope(run.edits);
  return [
    ...modelOptions(source),
    // Without edits no SAE is needed, and the command takes none.
    ...(edits.length === 0 ? [] : source.saes).map((sae): Option => ['sae', sae]),
    ['prompt', prompt],
    ...directions.map((each): Option => ['direction', directionFileOf(each)]),
    ...edits.map((edit): Option => ['edit', writeSteerEdit(edit, source.saes)]),
    ['scope', scope],
    ['tokens', maxTokens + tokensBefore(run)],
    ...samplingOptions.map(([name, option]): Option => [option, run[name]]),
    ...stop.map((text): Option => ['stop', text]),
    ['seed', seed],
    ['samples', samples],
    ['top', top === 0 ? undefined : top],
  ];
}

/** Most tokens that any text had before the run. */
function tokensBefore({ continuing = [] }: RunToRepeat): number {
  const lengths = continuing.flatMap(({ baseline, steered }) => [
    baseline.tokens.length,
    steered.tokens.length,
  ]);
  return Math.max(0, ...lengths);
}

/** Where all edits have one scope and say nothing else of positions, it is said once. */
function withoutScope(edits: RunToRepeat['edits']): {
  readonly scope?: SteerScope;
  readonly edits: RunToRepeat['edits'];
} {
  const [scope, ...others] = new Set(edits.map(onlyScopeOf));
  if (scope === undefined || others.length > 0) return { edits };
  const unplaced = edits.map(withoutPositions);
  return scope === 'all' ? { edits: unplaced } : { scope, edits: unplaced };
}

/** `undefined` for an edit that says more of its positions. */
function onlyScopeOf({ positions = {} }: AnyEdit): SteerScope | undefined {
  const { scope = 'all', ...others } = positions;
  return Object.keys(others).length === 0 ? scope : undefined;
}

function withoutPositions(edit: AnyEdit): AnyEdit {
  const copy: { positions?: unknown } & AnyEdit = { ...edit };
  delete copy.positions;
  return copy;
}
