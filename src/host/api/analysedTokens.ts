// Analysed tokens as plain data: no typed arrays, nothing that changes later. Without VS Code.
import type { Token, TokenReading } from '../documents/tokenTable.ts';
import type { ActiveFeature, ActiveSae, AnalysedToken, Prediction } from './types.ts';
import type { ShownSae } from '../source/shownSae.ts';
import type { NamedSae } from '../../shared/featureRef.ts';

/** @param textOf what the model's vocabulary says for an id, where that was asked */
export function analysedToken(
  token: Token,
  text: string,
  textOf?: (id: number) => string,
): AnalysedToken {
  const { id, start, end, loss, prediction } = token;
  return {
    text: text.slice(start, end),
    ...{ id, start, end },
    features: token.readings.flatMap(activeIn),
    ...(loss !== undefined && { loss }),
    ...(prediction !== undefined && { rank: prediction.rank }),
    ...(prediction !== undefined &&
      textOf !== undefined && {
        predictions: Array.from(prediction.ids, (predicted, n): Prediction => ({
          id: predicted,
          text: textOf(predicted),
          probability: prediction.probabilities[n] ?? 0,
        })),
      }),
  };
}

function activeIn({ sae, features, activations }: TokenReading): readonly ActiveFeature[] {
  return [...features].flatMap((feature, slot) => {
    const activation = activations[slot] ?? 0;
    return activation > 0 ? [{ sae, feature, activation }] : [];
  });
}

export function activeSaes(
  saes: readonly NamedSae[],
  { current }: Pick<ShownSae, 'current'>,
): readonly ActiveSae[] {
  return saes.map(({ sae, name, site }) => ({ sae, name, site, isPainted: sae === current }));
}
