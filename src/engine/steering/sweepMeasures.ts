// What the texts of a sweep are like, read as given texts: how far each edited model is from the unedited one on the
// baseline's text, and how likely the unedited model finds each text.
import type { Continuation, SweepMeasures } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { seqRepN } from '../math/ngrams.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { EditedRun } from './runFeeds.ts';
import type { EditPlan } from './editPlan.ts';
import { sharedLength } from './prefix.ts';
import { promptBlock } from './prompt.ts';
import { readyEdits, type SteerableSource } from './steerSource.ts';
import { readBeginning, teacherForced, type ForcedRow } from './teacherForced.ts';

/** As in Welleck et al. 2020. */
const repeatedLength = 4;

export interface MeasuredTexts {
  /** The baseline's row first. */
  readonly plan: EditPlan;
  /** [T] */
  readonly prompt: Uint32Array;
  /** One per row. */
  readonly texts: readonly Continuation[];
}

/** One entry per text. */
export async function measureTexts(
  source: SteerableSource,
  { plan, prompt, texts }: MeasuredTexts,
  breath: () => Promise<void>,
): Promise<readonly SweepMeasures[]> {
  const { sites } = source.model;
  const [unedited] = plan.rows;
  const baseline = texts[0]?.tokens ?? [];
  if (unedited === undefined) throw new MonosemError('internal', 'A sweep has no baseline.');
  return source.useForcedProgram(plan.layout, async ({ program }) => {
    const edits = await readyEdits(source, plan, program);
    const block = promptBlock(source.model, program);
    const blockEnd = (at: number, rows: number): number =>
      at + Math.max(1, Math.floor(block / rows));
    /** What no row edits, and the prompt but for its last token: the position that expects the first token generated. */
    const shared = sharedLength(edits, prompt);
    const last = program.hasCache ? prompt.length - 1 : 0;
    const beginning = { edits, sequence: prompt, blockEnd: (at: number) => blockEnd(at, 1) };
    const cache = await readBeginning({ ...beginning, from: 0, until: shared }, breath);
    const read = (
      rows: readonly EditedRun[],
      behind: { readonly from: number; readonly cache?: KvCache },
      comparesWithFirst: boolean,
    ): Promise<ForcedRow[]> =>
      teacherForced(
        {
          ...{ edits, rows, blockEnd, comparesWithFirst, ...behind },
          until: rows[0]?.ids.length ?? 0,
          rowsApart: sites.dynamicallyQuantized || sites.oneRowBehindCache,
          readAt: prompt.length - 1,
        },
        breath,
      );
    const onBaseline = joined(prompt, baseline, baseline.length);
    const compared = await read(
      plan.rows.map((row) => ({ plan: row, ids: onBaseline })),
      { from: shared, ...(cache && { cache }) },
      true,
    );
    const known = { from: shared, until: last, ...(cache && { cache }) };
    const whole = await readBeginning({ ...beginning, ...known }, breath);
    const longest = Math.max(...texts.map(({ tokens }) => tokens.length));
    const own = await read(
      texts.map(({ tokens }) => ({ plan: unedited, ids: joined(prompt, tokens, longest) })),
      { from: last, ...(whole && { cache: whole }) },
      false,
    );
    return texts.map(({ tokens }, row) => {
      const { divergences } = compared[row] ?? nothingRead;
      const { losses } = own[row] ?? nothingRead;
      const behind = divergences.subarray(prompt.length - 1 - shared);
      return {
        kl: mean(behind.subarray(0, baseline.length)),
        klBehindPrompt: behind[0] ?? NaN,
        perplexity: Math.exp(
          mean(losses.subarray(prompt.length - 1 - last).subarray(0, tokens.length)),
        ),
        repetition: tokens.length < repeatedLength ? NaN : seqRepN(tokens, repeatedLength),
      };
    });
  });
}

const nothingRead = { divergences: new Float32Array(0), losses: new Float32Array(0) };

/** Prompt and text, filled up with what nobody reads. */
function joined(prompt: Uint32Array, tokens: readonly number[], length: number): Uint32Array {
  const ids = new Uint32Array(prompt.length + length);
  ids.set(prompt);
  ids.set(tokens, prompt.length);
  return ids;
}

/** NaN of none. */
function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
