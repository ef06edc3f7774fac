// What taking a feature out of a token does to what the model expects of the text behind it: joins the windows of the
// analysis with the graph that reads a text under edits.
import type { LikelyTokens } from '../shared/engineProtocol.ts';
import type { AblationEffect, AblationParams } from '../shared/readingProtocol.ts';
import { MonosemError } from '../shared/errors.ts';
import { tokenIndex, type FeatureIndex } from '../shared/units.ts';
import { blockEnd, blockStart, sequenceOf, type Breath } from './analysis/analysedWindow.ts';
import { beginningOf, type LensRun } from './analysis/tokenLens.ts';
import { likelyTokens } from './model/likelyTokens.ts';
import { compareLogits } from './math/kl.ts';
import type { OpenSource } from './openSource.ts';
import { expectFeature } from './sae/sae.ts';
import { steerable } from './steerable.ts';
import type { ReadyEdits } from './steering/rows.ts';
import { planFor, readyEdits } from './steering/steerSource.ts';
import { teacherForced, type ForcedRow, type ForcedText } from './steering/teacherForced.ts';
import { tokenAt, windowOf } from './tokenPlace.ts';

/**
 * @throws MonosemError `unknownFeature`, `badArgument` for a place outside the text or an SAE that is not active,
 *   `unsupportedModel` for a model without logits
 */
export async function ablationEffect(
  open: OpenSource,
  params: AblationParams,
  breath: Breath,
): Promise<AblationEffect> {
  const { text, at, sae, feature, scope, limit, top } = params;
  expectFeature(open.sae(sae), feature);
  const { tokenizer } = open.model;
  const encoded = await tokenizer.encode(text);
  const token = tokenAt(at, encoded);
  const window = windowOf(open, { text, encoded }, token);
  const count = Math.min(limit, window.end - token - 1);
  const [baseline, ablated] = await readTwice(
    open,
    {
      ids: encoded.ids.slice(window.start, window.end),
      token: token - window.start,
      count,
      edit: { sae, feature, isOnwards: scope === 'onwards' },
    },
    breath,
  );
  const behind = [token + 1, token + 1 + count] as const;
  const expected = ({ logits }: ForcedRow): LikelyTokens =>
    likelyTokens(logits, top, (id) => tokenizer.textOf(id));
  return {
    token: tokenIndex(token),
    activation: baseline.activations[open.saes.findIndex(({ place }) => place === sae)]?.[0] ?? 0,
    ids: encoded.ids.slice(...behind),
    starts: encoded.starts.slice(...behind),
    ends: encoded.ends.slice(...behind),
    baseline: baseline.losses,
    ablated: ablated.losses,
    next: {
      baseline: expected(baseline),
      ablated: expected(ablated),
      kl: compareLogits(baseline.logits, ablated.logits).kl,
    },
  };
}

interface Ablated {
  /** [T] of the whole window, without BOS. */
  readonly ids: Uint32Array;
  /** Index into it. */
  readonly token: number;
  /** Tokens behind it whose losses are wanted. */
  readonly count: number;
  readonly edit: {
    readonly sae: string;
    readonly feature: FeatureIndex;
    /** Also on every token behind it. */
    readonly isOnwards: boolean;
  };
}

/** The window as it is and without the feature, losses [count] from the token on. */
async function readTwice(
  open: OpenSource,
  { ids, token, count, edit: { sae, feature, isOnwards } }: Ablated,
  breath: Breath,
): Promise<readonly [baseline: ForcedRow, ablated: ForcedRow]> {
  const run = await open.lensRun();
  const sequence = sequenceOf(run, ids);
  const position = sequence.length - ids.length + token;
  const from = blockStart(run, position);
  const begun = await beginningOf(run, { ids, position: from }, open.windowLike(ids), breath);
  if (begun.window !== undefined) open.keepLooked(begun.window);
  const { dynamicallyQuantized, oneRowBehindCache } = open.model.sites;
  const range = isOnwards ? { from: position } : { from: position, to: position + 1 };
  const ablation = { sae, feature, operation: 'ablate', positions: { ranges: [range] } } as const;
  const source = steerable(open);
  const plan = await planFor(source, [[], [ablation]], sequence.length);
  const forced = (edits: ReadyEdits): ForcedText => ({
    edits,
    rows: plan.rows.map((row) => ({ plan: row, ids: sequence })),
    ...(begun.cache === undefined ? {} : { cache: begun.cache }),
    from,
    until: position + Math.max(1, count),
    blockEnd: (at, rows) => forcedEnd(run, at, rows, position + Math.max(1, count)),
    rowsApart: dynamicallyQuantized || oneRowBehindCache,
    readAt: position,
  });
  const [baseline, ablated] = await open.forcedPrograms.use(plan.layout, async ({ program }) =>
    teacherForced(forced(await readyEdits(source, plan, program)), breath),
  );
  if (baseline === undefined || ablated === undefined)
    throw new MonosemError('internal', 'A text read twice did not come back twice.');
  const wanted = [position - from, position - from + count] as const;
  const cut = (row: ForcedRow): ForcedRow => ({ ...row, losses: row.losses.slice(...wanted) });
  return [cut(baseline), cut(ablated)];
}

/** Rows of one run share its length; where results depend on how a window is cut, it is cut as an analysis cuts it. */
function forcedEnd(run: LensRun, at: number, rows: number, until: number): number {
  if (run.fixedBlocks) return blockEnd(run, at);
  const blockLength = Math.max(1, Math.floor(run.blockLength / rows));
  return Math.min(until, blockEnd({ ...run, blockLength }, at));
}
