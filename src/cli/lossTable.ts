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
