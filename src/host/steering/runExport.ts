// A run of steering with everything that it takes to have it again: what was asked, of which files, with which versions, and
// what came of it. Plain JSON; directions and ids are lists of numbers. Without VS Code.
import { writeSteerEdit } from '../../shared/editText.ts';
import type {
  ExpectedInStep,
  LikelyTokens,
  Provenance,
  SteerEdit,
  SteerParams,
  SteerStep,
} from '../../shared/engineProtocol.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Shell } from '../../shared/shellWords.ts';
import { copyAsCommand } from '../../shared/steerCommand.ts';
import type { FinishedRun } from '../views/steerStart.ts';

/** Raised by one whenever a field changes its meaning. */
const runVersion = 1;

export interface SteerRun extends FinishedRun {
  readonly provenance: Provenance;
  /** When it was exported. */
  readonly date: Date;
}

/** The content of its file. */
export function writeRun(run: SteerRun): string {
  const { params, result, provenance, date } = run;
  const { source, edits, prompt, chat = false, maxTokens, seed, stop = [], samples = 1 } = params;
  const { monosem, protocol, model, saes, environment } = provenance;
  const content = {
    kind: 'monosem.steeringRun',
    version: runVersion,
    ...{ monosem, protocol, date: date.toISOString() },
    ...{ model, saes, environment },
    requested: { provider: source.provider ?? 'auto', deviceId: source.deviceId ?? 0 },
    ...{ prompt, chat },
    edits: edits.map((edit) => exportedEdit(edit, run)),
    sampling: samplingOf(params),
    ...{ maxTokens, seed, stop, samples },
    ...(params.top !== undefined && { top: params.top }),
    ...(params.continuing !== undefined && { continuing: params.continuing }),
    command: { posix: commandOf(run, 'posix'), powershell: commandOf(run, 'powershell') },
    result: {
      samples: result.samples.map(({ baseline, steered, steps, aligned }) => ({
        ...{ baseline, steered, aligned },
        steps: steps.map(plainStep),
      })),
    },
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

function samplingOf(params: SteerParams): object {
  const { temperature, topK, topP, minP } = params;
  const { repetitionPenalty, frequencyPenalty, presencePenalty } = params;
  // What is `undefined` is not written.
  return {
    ...{ temperature, topK, topP, minP },
    ...{ repetitionPenalty, frequencyPenalty, presencePenalty },
  };
}

/** An edit along a direction has its numbers, and beside them where they come from. */
function exportedEdit(edit: SteerEdit, { params, directions }: SteerRun): object {
  const along = 'feature' in edit ? undefined : directions.find(({ name }) => name === edit.name);
  return {
    ...{ text: textOf(edit, params), edit: plainEdit(edit) },
    ...(along && { origin: along.origin }),
  };
}

/** `null` for an edit that has none: along a direction without a name. */
function textOf(edit: SteerEdit, { source }: SteerParams): string | null {
  try {
    return writeSteerEdit(edit, source.saes);
  } catch {
    return null;
  }
}

/** Why there is none, where a run cannot be a command. */
function commandOf(
  { params, directions }: SteerRun,
  shell: Shell,
): string | { readonly none: string } {
  try {
    return copyAsCommand(params, shell, directions);
  } catch (error) {
    return { none: messageOf(error) };
  }
}

/** Typed arrays become plain arrays: JSON would write them as objects. */
function plainEdit(edit: SteerEdit): object {
  return 'direction' in edit ? { ...edit, direction: [...edit.direction] } : edit;
}

function plainStep({ expected, ...step }: SteerStep): object {
  return expected === undefined ? step : { ...step, expected: plainExpected(expected) };
}

function plainExpected(expected: ExpectedInStep): object {
  const { baseline, steered, ranksInSteered, ranksInBaseline } = expected;
  return {
    ...{ baseline: plainLikely(baseline), steered: plainLikely(steered) },
    ...{ ranksInSteered: [...ranksInSteered], ranksInBaseline: [...ranksInBaseline] },
  };
}

function plainLikely({ ids, texts, probabilities }: LikelyTokens): object {
  return { ids: [...ids], texts, probabilities: [...probabilities] };
}
