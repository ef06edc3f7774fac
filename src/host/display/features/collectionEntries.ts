// The pinned and recent features as a list: where each stands in the file that is read, and which cannot be looked at
// because their SAE is not active. Without VS Code.
import type { PinnedFeature } from '../../collection/featureCollection.ts';
import type { FeatureBrief, FeatureRef, SaePlace } from '../../../shared/engineProtocol.ts';
import { featureName, isNeuron } from '../../../shared/featureName.ts';
import { featureKey, sameFeature } from '../../../shared/featureRef.ts';
import { t } from '../../../shared/l10n.ts';
import type { PaletteName } from '../../../shared/palette.ts';
import type { TreeEntry } from '../../trees/treeEntry.ts';
import { oneLine } from '../oneLine.ts';
import { nameOfSae } from '../saeName.ts';
import { featureEntry, tokensText } from './featureEntries.ts';
import type { FeatureEntry } from './featureEntries.ts';
import { featureLabel } from './featureText.ts';
import { listWords } from './listWords.ts';

export interface CollectionFacts {
  readonly pinned: readonly PinnedFeature[];
  /** Last one first. */
  readonly recent: readonly FeatureRef[];
  /** What the active SAEs are called. */
  readonly active: ReadonlyMap<SaePlace, string>;
  readonly brief: (sae: SaePlace, feature: number) => FeatureBrief | undefined;
  /** Tokens of the file on which a feature is active; `undefined` where no file is analysed. */
  readonly tokensWith: (ref: FeatureRef) => number | undefined;
  readonly palette: PaletteName;
}

export interface CollectionGroup {
  readonly entry: TreeEntry;
  readonly features: readonly FeatureEntry[];
}

export type GroupName = 'pinned' | 'recent';

/** Groups without features are left out. */
export function collectionGroups(facts: CollectionFacts): readonly CollectionGroup[] {
  const { pinned, recent } = facts;
  const others = recent.filter((ref) => !pinned.some((other) => sameFeature(other, ref)));
  const groups = [
    {
      entry: groupEntry('pinned', t('Pinned'), pinned),
      features: pinned.map((ref) => entryOf('pinned', ref, facts)),
    },
    {
      entry: groupEntry('recent', t('Recent'), others),
      features: others.map((ref) => entryOf('recent', ref, facts)),
    },
  ];
  return groups.filter(({ features }) => features.length > 0);
}

function groupEntry(name: GroupName, label: string, kept: readonly FeatureRef[]): TreeEntry {
  const count = kept.length;
  const spoken = `${label}, ${listWords(kept.map(({ sae }) => sae)).count(count)}`;
  return { id: name, label, description: `${count}`, opens: 'expanded', spoken };
}

function entryOf(
  group: GroupName,
  ref: FeatureRef & { readonly slot?: number },
  facts: CollectionFacts,
): FeatureEntry {
  const name = facts.active.get(ref.sae);
  return name === undefined ? inactiveEntry(group, ref) : activeEntry(group, { ref, name }, facts);
}

function activeEntry(
  group: GroupName,
  { ref, name }: { readonly ref: FeatureRef & { readonly slot?: number }; readonly name: string },
  { active, brief, tokensWith, palette }: CollectionFacts,
): FeatureEntry {
  const known = brief(ref.sae, ref.feature);
  const label = featureLabel(known);
  const standing = standingText(tokensWith(ref));
  const facts = [standing, active.size > 1 ? oneLine(name) : ''].filter((word) => word !== '');
  const entry = featureEntry({ ref, brief: known, slot: ref.slot, palette });
  return {
    ...entry,
    id: `${group}:${featureKey(ref)}`,
    description: facts.join(' · '),
    tooltip: [entry.label, oneLine(name), standing].filter((line) => line !== '').join('\n'),
    spoken: [featureName(ref), label, ...facts].filter((word) => word !== '').join(', '),
  };
}

function standingText(tokens: number | undefined): string {
  if (tokens === undefined) return '';
  return tokens === 0 ? t('not in this file') : t('{0} here', tokensText(tokens));
}

function inactiveEntry(group: GroupName, ref: FeatureRef): FeatureEntry {
  const { sae, feature } = ref;
  const name = oneLine(nameOfSae(sae));
  return {
    sae,
    feature,
    id: `${group}:${featureKey(ref)}`,
    label: `#${feature}`,
    description: t('{0} is not active', name),
    tooltip: isNeuron(ref)
      ? t('{0} is not active; use it to see where its neuron {1} is.', oneLine(sae), feature)
      : t('{0} is not active; use it to see where its feature {1} is.', oneLine(sae), feature),
    icon: { codicon: 'circle-outline', colour: 'disabledForeground' },
    context: group === 'pinned' ? 'inactivePinned' : 'inactiveRecent',
    spoken: t('{0}, {1} is not active', featureName(ref), name),
    isDimmed: true,
  };
}
