// Dose and response: one edit at several strengths beside the baseline, generated as one batch, then measured as given
// texts: how far each model is from the unedited one on the baseline's text, and how likely the unedited model finds
// each text.
import type {
  Continuation,
  SteerEdit,
  SweepMeasures,
  SweepParams,
  SweepProgress,
  SweepResult,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { seqRepN } from '../math/ngrams.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { EditPlan } from './editPlan.ts';
import { withAmount } from './edits.ts';
import { generate } from './generate.ts';
import { LastPrefix, readPrefix, sharedLength, type PrefixMemory } from './prefix.ts';
import { promptBlock, promptIds } from './prompt.ts';
import type { ReadyEdits } from './rows.ts';
import { planFor, readyEdits, type SteerableSource } from './steerSource.ts';
import { SweepTexts } from './sweepTexts.ts';
import { teacherForced, type ForcedRow } from './teacherForced.ts';

/** As in Welleck et al. 2020. */
const repeatedLength = 4;

/** Readings of given texts behind the generation: on the baseline's text, and of each text. */
const measurements = 2;

/** @throws MonosemError as `steerSource`, and `badEdit` for an edit that takes no amount */
export async function sweepSource(
  source: SteerableSource,
  params: SweepParams,
  onProgress: (progress: SweepProgress) => void,
  breath: () => Promise<void>,
): Promise<SweepResult> {
  const { model, bosId } = source;
  const prompt = await promptIds(model, params, bosId);
  const rows = [[], ...params.amounts.map((amount) => atAmount(params, amount))];
  const plan = await planFor(source, rows, prompt.length);
  const of = params.maxTokens + measurements;
  let done = 0;
  const onStep = (): void => onProgress({ done: (done += 1), of });
  const { tokenizer } = model;
  const texts = new SweepTexts({ tokenizer, prompt, params, rows: rows.length, onStep });
  return source.useProgram(plan.layout, async ({ program, prefix }) => {
    const edits = await readyEdits(source, plan, program);
    const generation = {
      edits,
      sites: model.sites,
      prefix,
      groups: [texts],
      sequences: [rows.map(() => prompt)],
      promptBlock: promptBlock(model, program),
      maxTokens: params.maxTokens,
      contextLength: model.config.contextLength,
    };
    await generate(generation, breath);
    const found = texts.finish();
    const measured = await measure(
      source,
      { plan, steering: edits, prefix, prompt, texts: found },
      () => {
        done = of - measurements;
        return breath();
      },
    );
    onProgress({ done: of, of });
    const [baseline, ...points] = found.map((continuation, row) => ({
      continuation,
      ...(measured[row] ?? noMeasures),
    }));
    if (baseline === undefined) throw new MonosemError('internal', 'A sweep has no baseline.');
    return {
      baseline,
      points: points.map((point, i) => ({ amount: params.amounts[i] ?? NaN, ...point })),
    };
  });
}

const noMeasures: SweepMeasures = {
  kl: NaN,
  klBehindPrompt: NaN,
  perplexity: NaN,
  repetition: NaN,
};

/** @throws MonosemError `badEdit` */
function atAmount({ edits, swept = 0 }: SweepParams, amount: number): SteerEdit[] {
  const edit = edits[swept];
  if (edit === undefined || edit.operation === 'ablate') {
    throw new MonosemError(
      'badEdit',
      edit === undefined
        ? `A sweep needs an edit to change the strength of, and there is none with number ${swept}; add one such as add or clamp.`
        : 'An ablation has no strength to change; sweep another operation, such as scale from 0 to 2.',
    );
  }
  return edits.map((each, i) => (i === swept ? withAmount(each, amount) : each));
}

interface Measured {
  readonly plan: EditPlan;
  /** The plan as it was run to generate, to read what comes before the edits. */
  readonly steering: ReadyEdits;
  readonly prefix: PrefixMemory;
  /** [T] */
  readonly prompt: Uint32Array;
  /** The baseline's first. */
  readonly texts: readonly Continuation[];
}

/** One entry per text. */
async function measure(
  source: SteerableSource,
  { plan, steering, prefix, prompt, texts }: Measured,
  breath: () => Promise<void>,
): Promise<readonly SweepMeasures[]> {
  const { model } = source;
  const [unedited] = plan.rows;
  const baseline = texts[0]?.tokens ?? [];
  if (unedited === undefined) throw new MonosemError('internal', 'A sweep has no baseline.');
  const block = promptBlock(model, steering.program);
  const begin = async (length: number): Promise<KvCache | undefined> => {
    if (length === 0) return undefined;
    const ids = prompt.subarray(0, length);
    const memory = prefix.get(ids) === undefined ? new LastPrefix() : prefix;
    return (await readPrefix(steering, { ids, block, memory }, breath))?.cache;
  };
  const { dynamicallyQuantized, oneRowBehindCache } = model.sites;
  /** The positions in front of the tokens that were generated are those that expect them. */
  const first = prompt.length - 1;
  return source.useForcedProgram(plan.layout, async ({ program }) => {
    const edits = await readyEdits(source, plan, program);
    const read = async (
      rows: { readonly plan: EditPlan['rows'][number]; readonly ids: Uint32Array }[],
      from: number,
      comparesWithFirst: boolean,
    ): Promise<ForcedRow[]> => {
      const cache = await begin(from);
      return teacherForced(
        {
          edits,
          rows,
          ...(cache === undefined ? {} : { cache }),
          from,
          until: rows[0]?.ids.length ?? 0,
          blockEnd: (at, count) => at + Math.max(1, Math.floor(block / count)),
          rowsApart: dynamicallyQuantized || oneRowBehindCache,
          comparesWithFirst,
          readAt: first,
        },
        breath,
      );
    };
    const onBaseline = joined(prompt, baseline, baseline.length);
    const shared = sharedLength(steering, prompt);
    const compared = await read(
      plan.rows.map((row) => ({ plan: row, ids: onBaseline })),
      shared,
      true,
    );
    const longest = Math.max(...texts.map(({ tokens }) => tokens.length));
    const own = await read(
      texts.map(({ tokens }) => ({ plan: unedited, ids: joined(prompt, tokens, longest) })),
      program.hasCache ? first : 0,
      false,
    );
    return texts.map(({ tokens }, row) => {
      const divergences =
        compared[row]?.divergences.subarray(first - shared) ?? new Float32Array(0);
      const losses = own[row]?.losses.slice(program.hasCache ? 0 : first) ?? new Float32Array(0);
      return {
        kl: mean(divergences.subarray(0, baseline.length)),
        klBehindPrompt: divergences[0] ?? NaN,
        perplexity: Math.exp(mean(losses.subarray(0, tokens.length))),
        repetition: seqRepN(tokens, repeatedLength),
      };
    });
  });
}

/** Prompt and text, filled up with what nobody reads. */
function joined(prompt: Uint32Array, tokens: readonly number[], length: number): Uint32Array {
  const ids = new Uint32Array(prompt.length + length);
  ids.set(prompt);
  ids.set(tokens, prompt.length);
  return ids;
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
