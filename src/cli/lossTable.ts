// What the model loses on tokens, as it is and changed, as commands print it.
import { signed, table, visibleToken } from './table.ts';

export interface ComparedToken {
  /** Among the tokens of the text. */
  readonly index: number;
  readonly text: string;
  /** nats */
  readonly baseline: number;
  readonly changed: number;
}

/** A token of a text that a file holds. */
export interface ReadToken extends ComparedToken {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** What an ablation gives of tokens that follow each other; all arrays of one length. */
interface AblatedTokens {
  readonly ids: Uint32Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly baseline: Float32Array;
  readonly ablated: Float32Array;
}

/** @param first index of the first one among the tokens of the text */
export function ablatedTokens(
  { ids, starts, ends, baseline, ablated }: AblatedTokens,
  text: string,
  first: number,
): ReadToken[] {
  return Array.from(ids, (id, i) => {
    const [start = 0, end = 0] = [starts[i], ends[i]];
    return {
      ...{ index: first + i, id, start, end, text: text.slice(start, end) },
      baseline: baseline[i] ?? NaN,
      changed: ablated[i] ?? NaN,
    };
  });
}

/** @param changed what the column of the changed model is called */
export function lossTable(tokens: readonly ComparedToken[], changed: string): string {
  return table(
    [
      { title: '#', align: 'right' },
      { title: 'token' },
      { title: 'loss', align: 'right' },
      { title: changed, align: 'right' },
      { title: 'change', align: 'right' },
    ],
    tokens.map((token) => [
      token.index.toString(),
      visibleToken(token.text),
      token.baseline.toFixed(3),
      token.changed.toFixed(3),
      signed(token.changed - token.baseline),
    ]),
  );
}
