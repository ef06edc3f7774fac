// Tokens and what is known beside them, for the tests of hovers and lists.
import type { TokenFacts } from '../../../src/host/display/tokens/tokenFacts.ts';
import type { HoverToken } from '../../../src/host/display/features/hoverToken.ts';
import type {
  Expectation,
  FeatureBrief,
  LikelyTokens,
  TokenDetails,
} from '../../../src/shared/engineProtocol.ts';
import { featureColour } from '../../../src/shared/palette.ts';
import { charOffset, featureIndex, tokenId, tokenIndex } from '../../../src/shared/units.ts';

export const brief = (feature: number): FeatureBrief => ({
  feature: featureIndex(feature),
  density: 0.0123,
  maxActivation: 8,
  peakTokens: [' dragon', 'dragon', ' dragons'],
});

export const facts: TokenFacts = {
  brief: (_, feature) => brief(feature),
  tokenText: (id) => (id === 42 ? ' dragon' : undefined),
  shows: () => true,
  showsOn: () => true,
  isPinned: () => false,
  colourOf: ({ feature }) => featureColour(feature),
  labels: new Map(),
};

export const token: HoverToken = {
  text: ' dragon',
  uri: 'file:///a.txt',
  id: 42,
  index: 7,
  start: 12,
  end: 19,
  readings: [
    {
      ...{ sae: '/s', topK: 3 },
      features: Uint32Array.of(5, 9, 0),
      activations: Float32Array.of(4, 1, 0),
    },
  ],
};

export function likely(...tokens: readonly (readonly [number, string, number])[]): LikelyTokens {
  return {
    ids: Uint32Array.from(tokens, ([id]) => id),
    texts: tokens.map(([, text]) => text),
    probabilities: Float32Array.from(tokens, ([, , p]) => p),
  };
}

/** Of two layers; the token comes first at the last one. */
export const here: Expectation = {
  top: likely([42, ' dragon', 0.5], [3, ' |`cat', 0.25]),
  actual: { id: tokenId(42), loss: Math.LN2, rank: 1 },
  lens: {
    layers: [likely([3, ' |`cat', 0.125]), likely([42, ' dragon', 0.5])],
    ranks: Uint32Array.of(31, 1),
  },
};

/** Of a token that nothing precedes. */
export const firstDetails: TokenDetails = {
  token: tokenIndex(7),
  id: tokenId(42),
  start: charOffset(12),
  end: charOffset(19),
  piece: '▁dragon',
  bytes: new TextEncoder().encode(' dragon'),
  text: ' dragon',
  next: { top: likely([8, '.', 0.75]) },
};

export const details: TokenDetails = { ...firstDetails, here };
