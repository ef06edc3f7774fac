// What the services know beside the tokens, as hovers and lists ask for it.
import type { TokenFacts } from '../display/tokens/tokenFacts.ts';
import type { Services } from '../services.ts';
import { readSetting } from '../settings.ts';
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { saeLabels, sameFeature } from '../../shared/featureRef.ts';
import { featureColour, slotColour } from '../../shared/palette.ts';
import type { PaletteColour } from '../../shared/palette.ts';

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
    colourOf: colours(services),
    painted: shownSae.current,
    labels: saeLabels(model.namedSaes),
  };
}

/** As the text is painted now: where pinned features are, each in the colour it was given. */
function colours({ collection, view }: Services): (ref: FeatureRef) => PaletteColour {
  const name = readSetting('palette');
  const pinned = view.current.kind === 'pinned' ? collection.pinned : [];
  return (ref) => {
    const slot = pinned.find((other) => sameFeature(other, ref))?.slot;
    return slot === undefined ? featureColour(ref.feature, name) : slotColour(slot, name);
  };
}
