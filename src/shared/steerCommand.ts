// A run of steering as the command that repeats it: `monosem steer …`. What it gives, the command's own reader reads as the
// same run: test/unit/shared/steerCommand.test.ts.
import { writeSteerEdit } from './editText.ts';
import type { Sampling, SteerEdit, SteerParams, SteerScope } from './engineProtocol.ts';
import { MonosemError } from './errors.ts';
import { t } from './l10n.ts';
import { isArgument, quoted, type Shell } from './shellWords.ts';

type Option = readonly [name: string, value: string | number | undefined];

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
 * A run that goes on behind earlier texts becomes one longer run, which writes the same.
 * @param directionFiles where the directions of edits lie, by name: FILE.safetensors, or FILE.safetensors:TENSOR
 * @throws MonosemError `badArgument` for a text that no command line can hold, `badEdit` for a direction without a file
 */
export function copyAsCommand(
  params: SteerParams,
  shell: Shell = 'posix',
  directionFiles: ReadonlyMap<string, string> = new Map(),
): string {
  const words = ['monosem', 'steer', ...(params.chat === true ? ['--chat'] : [])];
  for (const [name, value] of optionsOf(params, directionFiles)) {
    if (value === undefined) continue;
    const text = String(value);
    if (!isArgument(text)) throw noArgument(name);
    // A value that looks like an option, or like nothing, has to hang on its name.
    if (text === '' || text.startsWith('-')) words.push(quoted(`--${name}=${text}`, shell));
    else words.push(`--${name}`, quoted(text, shell));
  }
  return words.join(' ');
}

function optionsOf(params: SteerParams, directionFiles: ReadonlyMap<string, string>): Option[] {
  const { source, prompt, maxTokens, seed, stop = [], samples, top } = params;
  const { scope, edits } = withoutScope(params.edits);
  return [
    ['model', source.model],
    ['variant', source.variant],
    ['provider', source.provider],
    ['device', source.deviceId],
    // Without edits no SAE is needed, and the command takes none.
    ...(edits.length === 0 ? [] : source.saes).map((sae): Option => ['sae', sae]),
    ['prompt', prompt],
    ...directionOptions(edits, directionFiles),
    ...edits.map((edit): Option => ['edit', writeSteerEdit(edit, source.saes)]),
    ['scope', scope],
    ['tokens', maxTokens + tokensBefore(params)],
    ...samplingOptions.map(([name, option]): Option => [option, params[name]]),
    ...stop.map((text): Option => ['stop', text]),
    ['seed', seed],
    ['samples', samples],
    ['top', top === 0 ? undefined : top],
  ];
}

/** Most tokens that any text had before the run. */
function tokensBefore({ continuing = [] }: SteerParams): number {
  const lengths = continuing.flatMap(({ baseline, steered }) => [
    baseline.tokens.length,
    steered.tokens.length,
  ]);
  return Math.max(0, ...lengths);
}

/** Where all edits have one scope and say nothing else of positions, it is said once. */
function withoutScope(edits: readonly SteerEdit[]): {
  readonly scope?: SteerScope;
  readonly edits: readonly SteerEdit[];
} {
  const [scope, ...others] = new Set(edits.map(onlyScopeOf));
  if (scope === undefined || others.length > 0) return { edits };
  const unplaced = edits.map(withoutPositions);
  return scope === 'all' ? { edits: unplaced } : { scope, edits: unplaced };
}

/** `undefined` for an edit that says more of its positions. */
function onlyScopeOf({ positions = {} }: SteerEdit): SteerScope | undefined {
  const { scope = 'all', ...others } = positions;
  return Object.keys(others).length === 0 ? scope : undefined;
}

function withoutPositions(edit: SteerEdit): SteerEdit {
  const copy: { positions?: unknown } & SteerEdit = { ...edit };
  delete copy.positions;
  return copy;
}

function directionOptions(
  edits: readonly SteerEdit[],
  files: ReadonlyMap<string, string>,
): Option[] {
  const names = new Set(edits.flatMap((edit) => ('direction' in edit ? [edit.name ?? ''] : [])));
  return [...names].map((name) => {
    const file = files.get(name);
    if (file !== undefined) return ['direction', `${name}=${file}`];
    throw new MonosemError(
      'badEdit',
      t('The direction "{0}" is in no file, so no command can name it; save it first.', name),
    );
  });
}

function noArgument(option: string): MonosemError {
  return new MonosemError(
    'badArgument',
    t(
      'The text of {0} holds a NUL character, which no command can take; remove it.',
      `--${option}`,
    ),
  );
}
