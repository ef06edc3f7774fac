// What the list of tokens is made of: a text, its analysed tokens, and what is known of them beside. Without VS Code.
import type { SimilarTokens, TokenDetails } from '../../../shared/engineProtocol.ts';
import type { BosReading } from '../../../shared/readingProtocol.ts';
import type { Token, TokenTable } from '../../documents/tokenTable.ts';
import type { TokenEffect } from '../../tokens/tokenInspector.ts';
import type { TextLines } from './excerpt.ts';
import type { TokenFacts } from './tokenFacts.ts';

/** What has been computed of single tokens, and what can be. */
export interface Inspected {
  readonly detailsOf: (token: Token) => TokenDetails | undefined;
  readonly details: (token: Token) => Promise<TokenDetails>;
  readonly similar: (token: Token) => Promise<SimilarTokens>;
  readonly effectsOf: (token: Token) => readonly TokenEffect[];
  /** `undefined` until it is known, `null` where nothing is in front of a text. */
  readonly bos: BosReading | null | undefined;
}

export interface TokenTree {
  /** Of the document. */
  readonly uri: string;
  readonly text: TextLines;
  readonly tokens: Pick<TokenTable, 'between' | 'countStarting'>;
  readonly facts: TokenFacts;
  readonly inspected: Inspected;
}
