// The features of a token as entries of the list of tokens, with what the filters leave out. Without VS Code.
import { isNeuron } from '../../../shared/featureName.ts';
import { t } from '../../../shared/l10n.ts';
import { activationText, featureLabel, percent } from '../features/featureText.ts';
import { listWords } from '../features/listWords.ts';
import { oneLine } from '../oneLine.ts';
import { activeFeatures, leftOutOf } from './activeFeatures.ts';
import type { ActiveFeature, ActiveOfSae } from './activeFeatures.ts';
import type { TokenFacts } from './tokenFacts.ts';
import { nodeBelow } from './treeNode.ts';
import type { TreeNode } from './treeNode.ts';

type ReadToken = Parameters<typeof activeFeatures>[0];

/** @param place of the token, for commands; absent for what is no part of the text */
export function featureNodes(
  parent: TreeNode,
  token: ReadToken,
  facts: TokenFacts,
  place?: { readonly offset: number; readonly uri: string },
): readonly TreeNode[] {
  const found = activeFeatures(token, facts);
  const nodes = found.flatMap(({ shown, kept }) =>
    shown.map((active) => {
      const node = featureNode(parent, { active, kept }, facts);
      // Nothing can be taken out of what is no part of the text.
      return place === undefined ? { ...node, kind: 'frontFeature' } : { ...node, ...place };
    }),
  );
  return [...nodes, ...leftOutNodes(parent, found)];
}

/** e.g. `#57 girl, boy` */
export function featureTitle({ sae, feature }: ActiveFeature, { brief }: TokenFacts): string {
  const label = featureLabel(brief(sae, feature));
  return label === '' ? `#${feature}` : `#${feature} ${label}`;
}

/** The same for a screen reader. */
export function spokenFeature({ sae, feature }: ActiveFeature, { brief }: TokenFacts): string {
  const label = featureLabel(brief(sae, feature));
  const name = isNeuron({ sae }) ? t('neuron {0}', feature) : t('feature {0}', feature);
  return label === '' ? name : `${name}, ${label}`;
}

function featureNode(
  parent: TreeNode,
  { active, kept }: { readonly active: ActiveFeature; readonly kept: number },
  facts: TokenFacts,
): TreeNode {
  const { sae, feature, activation, share } = active;
  const brief = facts.brief(sae, feature);
  const label = featureLabel(brief);
  const density = brief === undefined ? [] : [t('density {0}', percent(brief.density))];
  const ofSae = facts.labels.size > 1 ? [oneLine(facts.labels.get(sae) ?? sae)] : [];
  const parts = [activationText(activation), percent(share), ...density, ...ofSae];
  return nodeBelow(parent, `${feature}:${sae}`, {
    label: `#${feature}`,
    description: (label === '' ? parts : [label, ...parts]).join(' · '),
    tooltip: [
      t('Activation {0}', activationText(activation)),
      listWords([sae]).shareOfKept(percent(share), kept),
      ...(brief === undefined
        ? []
        : [
            t('Active on {0} of the tokens of the corpus', percent(brief.density)),
            t('Largest activation there {0}', activationText(brief.maxActivation)),
          ]),
      oneLine(facts.labels.get(sae) ?? sae),
    ].join('\n'),
    spoken: t(
      '{0}: activation {1}, {2} of the token',
      capitalised(spokenFeature(active, facts)),
      activationText(activation),
      percent(share),
    ),
    icon: facts.colourOf({ sae, feature }),
    kind: facts.isPinned({ sae, feature }) ? 'pinnedFeature' : 'feature',
    command: { name: 'openFeature', args: [feature, sae] },
    sae,
    feature,
  });
}

function leftOutNodes(parent: TreeNode, found: readonly ActiveOfSae[]): readonly TreeNode[] {
  const count = leftOutOf(found);
  if (count === 0) return [];
  const saes = found.filter(({ leftOut }) => leftOut > 0).map(({ sae }) => sae);
  const text = listWords(saes).leftOutByFilters(count);
  const node = nodeBelow(parent, 'leftOut', {
    label: text,
    spoken: t('{0}; choose this entry to see the settings', text),
    icon: 'filter',
    kind: 'leftOut',
    command: { name: 'openSettings', args: ['features'] },
  });
  return [node];
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
