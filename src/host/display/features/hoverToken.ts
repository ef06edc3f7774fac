// What the hover of a token is made from. Without VS Code.
import type { TokenDetails } from '../../../shared/engineProtocol.ts';
import type { MappedLoss } from '../../ablation/mappedLosses.ts';
import type { Token } from '../../documents/tokenTable.ts';
import { isOf } from '../tokens/expected.ts';

/** A token with what is around it; slots of its readings with activation 0 are not shown. */
export interface HoverToken extends Token {
  /** The document's, at the token's range. */
  readonly text: string;
  /** Of the document. */
  readonly uri: string;
  /** What somebody has had computed of it. */
  readonly details?: TokenDetails | undefined;
  /** Its loss with the feature of an ablation map and without it. */
  readonly ablation?: (MappedLoss & { readonly feature: number }) | undefined;
}

/** What a look at this very token found. */
export function detailsOf(token: HoverToken): TokenDetails | undefined {
  return token.details !== undefined && isOf(token.details, token) ? token.details : undefined;
}
