// What the services know beside the tokens, as hovers and lists ask for it.
import type { TokenFacts } from '../display/tokens/tokenFacts.ts';
import type { Services } from '../services.ts';
import { featureColour } from '../../shared/palette.ts';
import { saeLabels } from '../../shared/featureRef.ts';

/** By the settings of this moment. */
export function tokenFactsOf(services: Services): TokenFacts {
  const { briefs, collection, model, shownSae, tokenTexts } = services;
  const { shows, showsOn } = services.filter();
  return {
    brief: briefs.get,
    tokenText: tokenTexts.get,
    shows,
    showsOn,
    isPinned: (ref) => collection.isPinned(ref),
    colourOf: ({ feature }) => featureColour(feature),
    painted: shownSae.current,
    labels: saeLabels(model.namedSaes),
  };
}
