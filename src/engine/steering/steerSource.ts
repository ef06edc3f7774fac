// A steering request against an open model and its SAEs: checks it, prepares its inputs, runs it.
import type {
  GeneratedPair,
  SteeredSample,
  SteerEdit,
  SteerParams,
  SteerResult,
  SteerStep,
} from '../../shared/engineProtocol.ts';
import type { TokenId } from '../../shared/units.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { Program } from '../model/program.ts';
import { planFeeds } from './planFeeds.ts';
import { planEdits } from './planEdits.ts';
import type { PlacedSae } from './slotTable.ts';
import type { EditPlan } from './editPlan.ts';
import { generate, type Generation } from './generate.ts';
import type { EditLayout } from './layout.ts';
import type { PrefixMemory } from './prefix.ts';
import { promptBlock, promptIds } from './prompt.ts';
import type { ReadyEdits } from './rows.ts';
import { SteeredPair } from './steeredPair.ts';
import { resolveUnits, type MaxActivation } from './units.ts';

export interface SteerableSource {
  readonly model: OpenModel;
  /** As edits name them; no two alike. */
  readonly saes: readonly PlacedSae[];
  readonly bosId: number | undefined;
  readonly maxOf: MaxActivation;
  /** Runs a job with a session from `openSteerProgram` for the same model and SAEs. */
  readonly useProgram: <R>(
    layout: EditLayout,
    job: (session: { readonly program: Program; readonly prefix: PrefixMemory }) => Promise<R>,
  ) => Promise<R>;
  /** The same with one from `openForcedProgram`. */
  readonly useForcedProgram: <R>(
    layout: EditLayout,
    job: (session: { readonly program: Program }) => Promise<R>,
  ) => Promise<R>;
}

/**
 * @throws MonosemError `unknownFeature`, `badEdit`, `emptyText`, `tooManyTokens`, `unsupportedModel`; whatever `maxOf` or
 *   `breath` throws
 */
export async function steerSource(
  source: SteerableSource,
  params: SteerParams,
  onStep: (step: SteerStep) => void,
  breath: () => Promise<void>,
): Promise<SteerResult> {
  const { model, bosId } = source;
  const { tokenizer } = model;
  const prompt = await promptIds(model, params, bosId);
  const pairs = params.continuing ?? [];
  const steps = stepsOf(pairs);
  const wanted = params.temperature === 0 ? 1 : (params.samples ?? 1);
  // Texts that nobody gave cannot go on.
  const count = pairs.length === 0 ? wanted : pairs.length;
  const samples = Array.from({ length: count }, (_, sample) => {
    const texts = pairs[sample];
    const earlier = texts && { earlier: { texts, steps } };
    const top = params.top ?? 0;
    return new SteeredPair({ tokenizer, prompt, params, sample, top, onStep, ...earlier });
  });
  const sequences = samples.map((_, sample) => sequencesOf(prompt, pairs[sample], steps));
  const plan = await planFor(source, [[], params.edits], prompt.length);
  await source.useProgram(plan.layout, async ({ program, prefix }) => {
    const run: Generation = {
      edits: await readyEdits(source, plan, program),
      sites: model.sites,
      prefix,
      groups: samples,
      sequences,
      promptBlock: promptBlock(model, program),
      maxTokens: params.maxTokens,
      contextLength: model.config.contextLength,
    };
    await generate(run, breath);
  });
  const finished: SteeredSample[] = [];
  for (const sample of samples) finished.push(await sample.finish(breath));
  return { samples: finished };
}

/** In every step each text that had not ended took a token. */
function stepsOf(earlier: readonly GeneratedPair[]): number {
  return Math.max(
    0,
    ...earlier.flatMap(({ baseline, steered }) => [baseline.tokens.length, steered.tokens.length]),
  );
}

/** Prompt and what was generated; texts that ended early are filled up, and what follows their end is read by nobody. */
function sequencesOf(
  prompt: Uint32Array,
  earlier: GeneratedPair | undefined,
  steps: number,
): readonly Uint32Array[] {
  const behind = (tokens: readonly TokenId[] = []): Uint32Array => {
    const sequence = new Uint32Array(prompt.length + steps);
    sequence.set(prompt);
    sequence.set(tokens, prompt.length);
    return sequence;
  };
  return steps === 0
    ? [prompt, prompt]
    : [behind(earlier?.baseline.tokens), behind(earlier?.steered.tokens)];
}

/**
 * @param rows the edits of each row
 * @param promptLength tokens that are given, BOS included
 * @throws MonosemError `unknownFeature`, `badEdit`; whatever `maxOf` throws
 */
export async function planFor(
  { model, saes, maxOf }: Pick<SteerableSource, 'model' | 'saes' | 'maxOf'>,
  rows: readonly (readonly SteerEdit[])[],
  promptLength: number,
): Promise<EditPlan> {
  const resolved: SteerEdit[][] = [];
  for (const edits of rows) resolved.push(await resolveUnits(edits, maxOf));
  const { specialIds } = model.tokenizer;
  return planEdits(resolved, {
    saes,
    sites: model.sites,
    streamWidth: model.config.dModel,
    promptLength,
    specialIds,
  });
}

/** A plan with its inputs. @param program opened for the plan's layout */
export async function readyEdits(
  { model, saes }: Pick<SteerableSource, 'model' | 'saes'>,
  plan: EditPlan,
  program: Program,
): Promise<ReadyEdits> {
  const bare = saes.map(({ sae }) => sae);
  return { program, plan, feeds: await planFeeds(plan, bare, model.sites) };
}
