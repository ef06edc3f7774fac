// What the model expected in one place, from whichever computation knows it. Without VS Code.
import type { Expectation, TokenDetails } from '../../../shared/engineProtocol.ts';
import type { Token } from '../../documents/tokenTable.ts';

export interface LikelyToken {
  readonly id: number;
  /** Unknown until the vocabulary was asked. */
  readonly text: string | undefined;
  readonly probability: number;
}

export interface Expected {
  /** −ln p in nats of the token that is there; absent where there is none. */
  readonly loss?: number;
  /** 1 + the number of likelier tokens. */
  readonly rank?: number;
  /** Likeliest first. */
  readonly likely: readonly LikelyToken[];
}

type Predicted = Pick<Token, 'loss' | 'prediction'>;

/** What an analysis found beside the features, where it was asked to. */
export function expectedByAnalysis(
  { loss, prediction }: Predicted,
  tokenText: (id: number) => string | undefined,
): Expected | undefined {
  if (prediction === undefined) return undefined;
  const likely = [...prediction.ids].map((id, n) => ({
    id,
    text: tokenText(id),
    probability: prediction.probabilities[n] ?? 0,
  }));
  return { rank: prediction.rank, ...(loss !== undefined && { loss }), likely };
}

/** What a look at the token found. */
export function expectedByLook({ top, actual }: Expectation): Expected {
  const likely = [...top.ids].map((id, n) => ({
    id,
    text: top.texts[n],
    probability: top.probabilities[n] ?? 0,
  }));
  return { ...(actual && { loss: actual.loss, rank: actual.rank }), likely };
}

/** What stood to be expected at each layer, first one first; none where there is no lens. */
export interface LayerView {
  readonly layer: number;
  readonly likeliest: LikelyToken | undefined;
  /** Of the token that is there; 0 where there is none. */
  readonly rank: number;
}

export function layersOf({ lens }: Expectation): readonly LayerView[] {
  return (lens?.layers ?? []).map(({ ids, texts, probabilities }, layer) => {
    const [id] = ids;
    return {
      layer,
      likeliest:
        id === undefined ? undefined : { id, text: texts[0], probability: probabilities[0] ?? 0 },
      rank: lens?.ranks[layer] ?? 0,
    };
  });
}

/** Details belong to a token of a list only where both mean the same place: an edit may have come between. */
export function isOf(details: TokenDetails, token: Pick<Token, 'id' | 'start'>): boolean {
  return details.id === token.id && details.start === token.start;
}
