// Reads a text as it is and under edits, so that the two can be compared: joins the windows and caches of an open source
// with the graph that reads a text under edits. Everything in this folder measures with it.
import type { SteerEdit } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import {
  blockEnd,
  blockStart,
  commonPrefix,
  reusableLength,
  type AnalysedWindow,
  type BlockRun,
  type Breath,
} from '../analysis/analysedWindow.ts';
import type { KvCache } from '../model/kvCache.ts';
import type { Program } from '../model/program.ts';
import type { OpenSource } from '../sources/openSource.ts';
import { steerable } from '../sources/steerable.ts';
import { firstTouched, type RowPlan } from '../steering/editPlan.ts';
import type { ReadyEdits } from '../steering/rows.ts';
import { planFor, readyEdits } from '../steering/steerSource.ts';
import {
  readBeginning,
  teacherForced,
  type ForcedRow,
  type ForcedText,
} from '../steering/teacherForced.ts';

/** What is read, and what is wanted of it. Positions count the BOS where there is one. */
export interface WantedText {
  /** [T] what the model reads. */
  readonly sequence: Uint32Array;
  /** Tokens of it that count as the prompt, BOS included. */
  readonly promptLength: number;
  /** Losses behind positions [from, until) are wanted, `until` above `from`. */
  readonly from: number;
  readonly until: number;
  /** Logits and activations are wanted of this position, which is in [from, until). */
  readonly readAt: number;
}

/** The same run of the model gives both: what differs comes from the edits, and no bit of it from rounding. */
export interface BesideBaseline {
  readonly baseline: ForcedRow;
  readonly edited: ForcedRow;
}

/**
 * Most rows of one batch, and most tokens in all of them: with a KV cache these hold keys and values, without one they run
 * at once and have logits each.
 */
const mostRows = 32;
const mostCachedTokens = 4096;
const mostRunTokens = 512;

/** @throws as `besideBaseline` does */
export async function readBesideBaseline(
  open: OpenSource,
  text: WantedText,
  edits: readonly SteerEdit[],
  breath: Breath,
): Promise<BesideBaseline> {
  const [both] = await besideBaseline(open, text, { rows: [edits], take: (pair) => pair }, breath);
  if (both !== undefined) return both;
  throw new MonosemError('internal', 'A text read twice did not come back twice.');
}

/**
 * Reads a text once under each of several lists of edits. Rows share a batch where the graph keeps them apart, as many as
 * memory allows, with the baseline in every batch.
 * @param take what is kept of each row: logits of many rows at once would be too many
 * @returns what was kept, by row
 * @throws MonosemError `unknownFeature`, `badEdit`, `unsupportedModel` for a model without logits; whatever `breath` throws
 */
export async function besideBaseline<R>(
  open: OpenSource,
  text: WantedText,
  { rows, take }: Rows<R>,
  breath: Breath,
): Promise<R[]> {
  const source = steerable(open);
  const plan = await planFor(source, [[], ...rows], text.promptLength);
  return open.forcedPrograms.use(plan.layout, async ({ program }) => {
    const edits = await readyEdits(source, plan, program);
    const read = await reader(open, text, edits, breath);
    const [plain, ...edited] = plan.rows;
    if (plain === undefined) return [];
    const kept: R[] = [];
    // Each row has a run of its own anyway, and the baseline the same bits every time.
    const alone = areRowsApart(open) ? (await read([plain]))[0] : undefined;
    const beside = alone === undefined ? [plain] : [];
    const size = alone === undefined ? rowsPerBatch(program, text) - 1 : 1;
    for (const group of groupsOf(edited, size)) {
      const found = await read([...beside, ...group]);
      const baseline = alone ?? found.shift();
      if (baseline === undefined) break;
      kept.push(...found.map((row) => take({ baseline, edited: row })));
    }
    return kept;
  });
}

interface Rows<R> {
  readonly rows: readonly (readonly SteerEdit[])[];
  readonly take: (row: BesideBaseline) => R;
}

/** Rows of a run would depend on each other. */
function areRowsApart({ model }: OpenSource): boolean {
  const { dynamicallyQuantized, oneRowBehindCache } = model.sites;
  return dynamicallyQuantized || oneRowBehindCache;
}

/** At least the baseline and one other. */
function rowsPerBatch({ hasCache }: Program, { until }: WantedText): number {
  const mostTokens = hasCache ? mostCachedTokens : mostRunTokens;
  return Math.max(2, Math.min(mostRows, Math.floor(mostTokens / until)));
}

function groupsOf<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, g) =>
    all.slice(g * size, (g + 1) * size),
  );
}

/** Reads rows of a plan behind what none of them edits, which is read once or known already. */
async function reader(
  open: OpenSource,
  { sequence, from, until, readAt }: WantedText,
  edits: ReadyEdits,
  breath: Breath,
): Promise<(rows: readonly RowPlan[]) => Promise<ForcedRow[]>> {
  const run = open.blockRun(edits.program, true);
  const begin = blockStart(run, Math.min(from, firstTouched(edits.plan.rows, sequence)));
  const cache = await cacheBefore(open, { sequence, position: begin, run, edits }, breath);
  return async (rows) => {
    const text: ForcedText = {
      edits,
      rows: rows.map((plan) => ({ plan, ids: sequence })),
      ...cacheOf(cache),
      from: begin,
      until,
      blockEnd: (at, count) => sharedBlockEnd(run, { at, rows: count, until }),
      rowsApart: areRowsApart(open),
      readAt,
    };
    const found = await teacherForced(text, breath);
    return found.map((row) => ({ ...row, losses: row.losses.slice(from - begin) }));
  };
}

/** Rows of one run share its length; where results depend on how a text is cut, it is cut as an analysis cuts it. */
function sharedBlockEnd(
  run: BlockRun,
  { at, rows, until }: { readonly at: number; readonly rows: number; readonly until: number },
): number {
  if (run.fixedBlocks) return blockEnd(run, at);
  const blockLength = Math.max(1, Math.floor(run.blockLength / rows));
  return Math.min(until, blockEnd({ ...run, blockLength }, at));
}

interface Beginning {
  readonly sequence: Uint32Array;
  /** Where results depend on how a text is cut, the beginning of a block. */
  readonly position: number;
  readonly run: BlockRun;
  readonly edits: ReadyEdits;
}

/** The KV cache of positions [0, position), from an analysis or an earlier look as far as these go. */
async function cacheBefore(
  open: OpenSource,
  { sequence, position, run, edits }: Beginning,
  breath: Breath,
): Promise<KvCache | undefined> {
  if (position === 0) return undefined;
  const text = { edits, sequence, until: position, blockEnd: (at: number) => blockEnd(run, at) };
  const ids = withoutBos(open, sequence.subarray(0, position));
  if (ids === undefined) return readBeginning({ ...text, from: 0 }, breath);
  const earlier = open.documents.windowLike(ids);
  if (earlier !== undefined && isCovered(ids, earlier)) return earlier.cache?.cut(position);
  const from = reusableLength(run, position, ids, earlier);
  const known = from === 0 ? {} : cacheOf(earlier?.cache?.cut(from));
  const cache = await readBeginning({ ...text, ...known, from }, breath);
  if (cache !== undefined) open.documents.keepLooked({ ids: ids.slice(), readings: [], cache });
  return cache;
}

function cacheOf(cache: KvCache | undefined): { readonly cache?: KvCache } {
  return cache === undefined ? {} : { cache };
}

/** The text of a sequence as windows know it; a chat may begin otherwise than windows do. */
function withoutBos(
  { bosId }: Pick<OpenSource, 'bosId'>,
  sequence: Uint32Array,
): Uint32Array | undefined {
  if (bosId === undefined) return sequence;
  return sequence[0] === bosId ? sequence.subarray(1) : undefined;
}

function isCovered(ids: Uint32Array, window: AnalysedWindow): boolean {
  return window.cache !== undefined && commonPrefix(ids, window.ids) === ids.length;
}
