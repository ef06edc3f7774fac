// What the texts of a sweep are like, read as given texts: how far each edited model is from the unedited one on the
// baseline's text, and how likely the unedited model finds each text.
import type { Continuation, SweepMeasures } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { seqRepN } from '../math/ngrams.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { EditPlan, RowPlan } from './editPlan.ts';
import { LastPrefix, readPrefix, sharedLength, type PrefixMemory } from './prefix.ts';
import { promptBlock } from './prompt.ts';
import type { ReadyEdits } from './rows.ts';
import { readyEdits, type SteerableSource } from './steerSource.ts';
import { teacherForced, type ForcedRow } from './teacherForced.ts';

/** As in Welleck et al. 2020. */
const repeatedLength = 4;

export interface MeasuredTexts {
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
export async function measureTexts(
  source: SteerableSource,
  { plan, steering, prefix, prompt, texts }: MeasuredTexts,
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
    const memory = prefix.get(ids, plan.rows.length) === undefined ? new LastPrefix() : prefix;
    return (await readPrefix(steering, { ids, block, memory }, breath))?.cache;
  };
  const { dynamicallyQuantized, oneRowBehindCache } = model.sites;
  /** The positions in front of the tokens that were generated are those that expect them. */
  const first = prompt.length - 1;
  return source.useForcedProgram(plan.layout, async ({ program }) => {
    const edits = await readyEdits(source, plan, program);
    const read = async (
      rows: { readonly plan: RowPlan; readonly ids: Uint32Array }[],
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
