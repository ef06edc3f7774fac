// What hovers and lists know beside the tokens themselves, all of it at hand: nothing here waits. Without VS Code.
import type { FeatureBrief, FeatureRef, SaePlace } from '../../../shared/engineProtocol.ts';
import type { PaletteColour } from '../../../shared/palette.ts';

export interface TokenFacts {
  /** What the feature store knows of a feature, as far as it was asked. */
  readonly brief: (sae: SaePlace, feature: number) => FeatureBrief | undefined;
  /** What a token of the vocabulary stands for, as far as it was asked. */
  readonly tokenText: (id: number) => string | undefined;
  /** Whether the filters let a feature through, and whether they let any through on a token of this id. */
  readonly shows: (ref: FeatureRef) => boolean;
  readonly showsOn: (tokenId: number) => boolean;
  readonly isPinned: (ref: FeatureRef) => boolean;
  readonly colourOf: (ref: FeatureRef) => PaletteColour;
  /** The SAE whose features are painted: it comes first. */
  readonly painted?: SaePlace | undefined;
  /** What each SAE is called. */
  readonly labels: ReadonlyMap<SaePlace, string>;
}
