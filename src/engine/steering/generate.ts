// Continues texts under edits, token by token: all of them in one batch, whose rows come in groups that belong together.
import type { Sites } from '../onnx/sites/sites.ts';
import { expectNumbers } from './numbers.ts';
import { readPrefix, sharedLength, type PrefixMemory } from './prefix.ts';
import { roomBehind } from './prompt.ts';
import { rowsFor, type ReadyEdits, type TextRows } from './rows.ts';

/** Texts that grow together, one per row of the plan. */
export interface RowGroup {
  /** All of its texts have ended. */
  readonly isEnded: boolean;
  /** The token to feed next, of each row. */
  readonly lastIds: readonly number[];
  /** Chooses the next token of each row. @param logits [V] of each row */
  step(logits: readonly Float32Array[]): void;
}

export interface Generation {
  readonly edits: ReadyEdits;
  readonly sites: Sites;
  readonly prefix: PrefixMemory;
  /** At least one. */
  readonly groups: readonly RowGroup[];
  /** What the rows of each group begin with, all of one length: the prompt, and what was generated before. */
  readonly sequences: readonly (readonly Uint32Array[])[];
  /** Tokens per run of the model while they are read. */
  readonly promptBlock: number;
  readonly maxTokens: number;
  /** Longest sequence of the model, prompt included. */
  readonly contextLength: number;
}

const noLogits = new Float32Array(0);

/**
 * @param breath awaited between two runs of the model
 * @throws MonosemError `tooManyTokens`, `badEdit` where the edits are stronger than numbers; whatever `breath` throws
 */
export async function generate(run: Generation, breath: () => Promise<void>): Promise<void> {
  const { groups, sequences, edits } = run;
  const rowsPerGroup = edits.plan.rows.length;
  const first = sequences[0]?.[0] ?? new Uint32Array(0);
  const length = Math.min(run.maxTokens, roomBehind(first, run.contextLength));
  const begun = await readSequences(run, breath);
  let { logits } = begun;
  for (let count = 1; ; count++) {
    for (const [g, group] of groups.entries()) {
      if (group.isEnded) continue;
      const own = logits.slice(g * rowsPerGroup, (g + 1) * rowsPerGroup);
      for (const [r, row] of edits.plan.rows.entries()) expectNumbers(own[r] ?? noLogits, row);
      group.step(own);
    }
    if (count === length || groups.every(({ isEnded }) => isEnded)) return;
    await breath();
    const ids = groups.flatMap(({ lastIds }) => lastIds.map((id) => Uint32Array.of(id)));
    logits = await begun.rows.feed(ids);
  }
}

/**
 * All rows behind what they begin with. What no edit touches is read once for all, and where nothing was generated before,
 * so is the prompt of all groups.
 */
async function readSequences(
  run: Generation,
  breath: () => Promise<void>,
): Promise<{ readonly rows: TextRows; readonly logits: readonly Float32Array[] }> {
  const { edits, sequences, promptBlock: block, prefix: memory } = run;
  const all = sequences.flat();
  const [first = new Uint32Array(0)] = all;
  let at = Math.min(sharedLength(edits, first), ...all.map((row) => agreement(first, row)));
  const ids = first.subarray(0, at);
  const beginning = at === 0 ? undefined : await readPrefix(edits, { ids, block, memory }, breath);
  const rest = first.length - at;
  const group = rowsFor(run.sites, edits, {
    readsBehindCache: at > 0 ? rest > 1 : rest > block && block > 1,
    ...(beginning && { beginning }),
  });
  const own = edits.plan.rows.map((_, row) => row);
  const spread = sequences.flatMap(() => own);
  const isOneText = all.every((row) => agreement(first, row) === first.length);
  const texts = isOneText ? own.map(() => first) : all;
  const reading = isOneText ? group : group.take(spread);
  for (;;) {
    await breath();
    const start = at;
    const logits = await reading.feed(texts.map((row) => row.subarray(start, start + block)));
    at += block;
    if (at < first.length) continue;
    return isOneText && sequences.length > 1
      ? { rows: reading.take(spread), logits: spread.flatMap((b) => logits.slice(b, b + 1)) }
      : { rows: reading, logits };
  }
}

/** Tokens that two sequences begin with alike. */
function agreement(a: Uint32Array, b: Uint32Array): number {
  if (a === b) return a.length;
  const at = a.findIndex((id, i) => id !== b[i]);
  return at === -1 ? Math.min(a.length, b.length) : at;
}
