// Why the model expects what it expects, as a list: its likeliest tokens, the one that is followed, each feature with what
// its ablation changes, and all of them together. Without VS Code.
import type {
  EffectOrder,
  FeatureBrief,
  FeatureEffect,
  FeatureEffects,
  FeatureRef,
  SaePlace,
} from '../../../shared/engineProtocol.ts';
import { featureName } from '../../../shared/featureName.ts';
import { t } from '../../../shared/l10n.ts';
import { countText } from '../../../shared/numberText.ts';
import type { PaletteName } from '../../../shared/palette.ts';
import type { TreeEntry } from '../../trees/treeEntry.ts';
import { featureEntry } from '../features/featureEntries.ts';
import type { FeatureEntry } from '../features/featureEntries.ts';
import { activationText, percent } from '../features/featureText.ts';
import { oneLine } from '../oneLine.ts';
import type { LikelyToken } from '../tokens/expected.ts';
import { likelyText, spokenToken } from '../tokens/tokenText.ts';
import { changeEntries, changeLines, changeText, spokenChange } from './changeEntries.ts';

/** Likely tokens named in the line at the top; all are below it. */
const mostNamed = 3;

export interface ExplanationFacts {
  readonly order: EffectOrder;
  readonly isStale: boolean;
  /** Of the document, and the offset of a token whose features are listed: commands of the entries are about it. */
  readonly uri: string;
  readonly offset: number;
  readonly brief: (sae: SaePlace, feature: number) => FeatureBrief | undefined;
  /** Colour of a pinned feature; `undefined` for others. */
  readonly slotOf: (ref: FeatureRef) => number | undefined;
  readonly palette: PaletteName;
  /** What the active SAEs are called. */
  readonly labels: ReadonlyMap<SaePlace, string>;
}

export interface ExplanationNode {
  readonly entry: TreeEntry;
  readonly below: readonly TreeEntry[];
}

/** An entry that stands for a feature on a token: the commands of its menu find out which ones. */
interface EffectEntry extends FeatureEntry {
  readonly offset: number;
  readonly uri: string;
}

export function explanationNodes(
  effects: FeatureEffects,
  facts: ExplanationFacts,
): readonly ExplanationNode[] {
  const target = likelyText(effects.target);
  const features = ordered(effects.effects, facts.order);
  return [
    expectedNode(effects),
    targetNode(effects),
    ...features.map((effect) => effectNode(effect, target, facts)),
    ...(features.length > 1 ? [togetherNode(effects, target)] : []),
  ].map(({ entry, below }) => ({
    entry: { ...entry, ...(facts.isStale && { isDimmed: true }) },
    below,
  }));
}

/** Likeliest first. */
export function likelyNext({ baseline }: FeatureEffects): readonly LikelyToken[] {
  const { ids, texts, probabilities } = baseline;
  return [...ids].map((id, n) => ({
    id,
    text: texts[n],
    probability: probabilities[n] ?? 0,
  }));
}

/** Equally large effects stay as they are. */
function ordered(effects: readonly FeatureEffect[], order: EffectOrder): readonly FeatureEffect[] {
  const size = ({ kl, targetChange }: FeatureEffect): number =>
    order === 'kl' ? kl : Math.abs(targetChange);
  return effects.toSorted((a, b) => size(b) - size(a));
}

function expectedNode(effects: FeatureEffects): ExplanationNode {
  const likely = likelyNext(effects);
  const named = likely.slice(0, mostNamed);
  const spoken = named.map(({ text, probability }) => {
    return `${spokenToken(text ?? '')} ${percent(probability)}`;
  });
  return {
    entry: {
      id: 'expected',
      label: t('Expected next'),
      description: named
        .map((token) => `${likelyText(token)} ${percent(token.probability)}`)
        .join(' · '),
      icon: { codicon: 'arrow-right' },
      opens: 'collapsed',
      spoken: t('Expected next: {0}', spoken.join(', ')),
    },
    below: likely.map((token) => ({
      id: `expected/${token.id}`,
      label: likelyText(token),
      description: percent(token.probability),
      tooltip: t('Follow the probability of this token'),
      command: { name: 'chooseTargetToken', args: [token.id] },
      spoken: `${spokenToken(token.text ?? '')}, ${percent(token.probability)}`,
    })),
  };
}

function targetNode({ target }: FeatureEffects): ExplanationNode {
  const { text, probability } = target;
  return {
    entry: {
      id: 'target',
      label: t('Target'),
      description: `${likelyText(target)} ${percent(probability)}`,
      tooltip: t('The token whose probability p is followed; choose another one here'),
      icon: { codicon: 'target' },
      command: { name: 'chooseTargetToken', args: [] },
      spoken: t('Target: {0}, {1}', spokenToken(text), percent(probability)),
    },
    below: [],
  };
}

function effectNode(
  effect: FeatureEffect,
  target: string,
  { offset, uri, brief, slotOf, palette, labels }: ExplanationFacts,
): ExplanationNode {
  const { sae, feature, activation, share } = effect;
  const ref = { sae, feature };
  const listed = featureEntry({
    ...{ ref, brief: brief(sae, feature), slot: slotOf(ref), palette },
  });
  const id = `effect:${listed.id}`;
  const name = labels.size > 1 ? [oneLine(labels.get(sae) ?? sae)] : [];
  const facts = [changeText(effect), percent(share), ...name];
  const shareLine = t(
    'Activation {0}, {1} of the activation of all features of its SAE here',
    activationText(activation),
    percent(share),
  );
  const entry: EffectEntry = {
    ...listed,
    ...{ id, offset, uri },
    description: facts.join(' · '),
    tooltip: [listed.label, ...changeLines(effect, target), shareLine, ...name].join('\n'),
    opens: 'collapsed',
    spoken: [
      featureName(ref, listed.label.slice(1)),
      spokenChange(effect),
      t('{0} of the activation', percent(share)),
      ...name,
    ].join(', '),
  };
  return { entry, below: changeEntries(id, effect) };
}

function togetherNode({ effects, together }: FeatureEffects, target: string): ExplanationNode {
  const label = t('All {0} features ablated', countText(effects.length));
  return {
    entry: {
      id: 'together',
      label,
      description: changeText(together),
      tooltip: [label, ...changeLines(together, target)].join('\n'),
      icon: { codicon: 'beaker' },
      opens: 'collapsed',
      spoken: `${label}, ${spokenChange(together)}`,
    },
    below: changeEntries('together', together),
  };
}
