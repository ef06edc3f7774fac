// The token that the model puts in front of every text, as an entry of the list of tokens. Activations there are far
// larger than elsewhere and say nothing about the text, so its features are hidden unless a setting shows them. Without
// VS Code.
import { settings } from '../../../shared/contributions.ts';
import { t } from '../../../shared/l10n.ts';
import type { BosReading } from '../../../shared/readingProtocol.ts';
import { visibleToken } from '../features/featureText.ts';
import { listWords } from '../features/listWords.ts';
import { featureNodes } from './featureNodes.ts';
import { spokenToken } from './tokenText.ts';
import { messageNode, nodeBelow } from './treeNode.ts';
import type { TreeNode } from './treeNode.ts';
import type { TokenTree } from './treeSource.ts';

export function bosNode({ facts }: TokenTree, root: TreeNode, bos: BosReading): TreeNode {
  const text = visibleToken(bos.text);
  const isHidden = !facts.showsOn(bos.id);
  const front = t('put in front by the model');
  const words = listWords(bos.readings.map(({ sae }) => sae));
  const hidden = words.hidden;
  const node = nodeBelow(root, 'bos', {
    label: '⟨BOS⟩',
    description: [text, front, ...(isHidden ? [hidden] : [])].join(' · '),
    tooltip: t('The token that the model puts in front of every text; it is no part of the file'),
    spoken: t(
      'Beginning of text, {0}, {1}',
      spokenToken(bos.text),
      isHidden ? `${front}, ${hidden}` : front,
    ),
    icon: 'debug-start',
    kind: 'bos',
    children: () => {
      if (isHidden) return [hiddenNode(node, words.hiddenBy(settings.ignoreBos.key))];
      const features = featureNodes(node, bos, facts);
      return features.length > 0 ? features : [messageNode(node, 'none', words.noneOnToken)];
    },
  });
  return node;
}

function hiddenNode(parent: TreeNode, label: string): TreeNode {
  return nodeBelow(parent, 'hidden', {
    label,
    spoken: t('{0}; choose this entry to see the setting', label),
    icon: 'gear',
    kind: 'message',
    command: { name: 'openSettings', args: [settings.ignoreBos.key] },
  });
}
