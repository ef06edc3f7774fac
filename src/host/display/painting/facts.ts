// What painting has to know beside the tokens: settings, filters, and what is known of the features. Without VS Code.
import type { SaePlace, FeatureRef } from '../../../shared/engineProtocol.ts';
import type { PaletteName } from '../../../shared/palette.ts';
import type { AblatedLoss } from '../../ablation/mappedLosses.ts';
import type { PinnedFeature } from '../../collection/featureCollection.ts';

export interface PaintFacts {
  /** The part of the document that holds the tokens, and where it starts, in UTF-16 units. */
  readonly text: string;
  readonly textStart: number;
  /** The SAE whose features are painted where those of one are. */
  readonly shown: SaePlace | undefined;
  /** The active ones. */
  readonly saes: readonly SaePlace[];
  readonly pinned: readonly PinnedFeature[];
  readonly palette: PaletteName;
  /** Least activation that is painted, in percent of the feature's maximum. */
  readonly threshold: number;
  /** Filters, of features and of tokens by their ids. What somebody follows or has pinned is shown whatever the first says. */
  readonly shows: (feature: FeatureRef) => boolean;
  readonly showsOn: (tokenId: number) => boolean;
  /** With the feature of an ablation map and without it, as far as it is known. */
  readonly ablatedLoss: AblatedLoss;
  /** Largest activation known of a feature; the largest among the tokens counts where nothing is known. */
  readonly maximum: (sae: SaePlace, feature: number) => number | undefined;
}
