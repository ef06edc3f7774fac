// One token as an entry of the list of tokens: below it its features, what it is without one of them, what the model
// expected in its place and behind it, and tokens like it. Without VS Code.
import type { SaePlace } from '../../../shared/engineProtocol.ts';
import { t } from '../../../shared/l10n.ts';
import type { Token } from '../../documents/tokenTable.ts';
import { activationText, visibleToken } from '../features/featureText.ts';
import { listWords } from '../features/listWords.ts';
import { activeFeatures } from './activeFeatures.ts';
import { effectNode } from './effectNodes.ts';
import { expectationNodes } from './expectationNodes.ts';
import { featureNodes, featureTitle, spokenFeature } from './featureNodes.ts';
import { similarNode } from './similarNodes.ts';
import { bytesOfText, hexText, nats, spokenToken } from './tokenText.ts';
import { messageNode, nodeBelow } from './treeNode.ts';
import type { TreeNode } from './treeNode.ts';
import type { TokenTree } from './treeSource.ts';

/** Features named to a screen reader on the token itself. */
const mostSpoken = 3;

export interface TokenOfLine {
  readonly token: Token;
  /** Position among the tokens of its line. */
  readonly at: number;
  /** Another token stands for a part of the same character. */
  readonly isShared: boolean;
}

export function tokenNode(
  tree: TokenTree,
  parent: TreeNode,
  { token, at, isShared }: TokenOfLine,
): TreeNode {
  const { facts, uri } = tree;
  const { start, end, id, index, loss } = token;
  const inText = tree.text.slice(start, end);
  const text = isShared ? (facts.tokenText(id) ?? inText) : inText;
  const active = activeFeatures(token, facts).flatMap(({ shown }) => shown);
  const [top] = active;
  const lossPart = loss === undefined ? [] : [nats(loss)];
  const strongest =
    top === undefined ? [] : [`${featureTitle(top, facts)} ${activationText(top.activation)}`];
  const spokenFeatures = active.slice(0, mostSpoken).map((each) => spokenFeature(each, facts));
  const node = nodeBelow(parent, `token:${at}`, {
    label: visibleToken(text),
    description: [...strongest, ...lossPart].join(' · '),
    tooltip: tooltipOf(tree, token),
    spoken: [
      t('Token {0}, {1}', spokenToken(text), listWords(saesOf(token)).count(active.length)),
      ...spokenFeatures,
      ...(loss === undefined ? [] : [t('loss {0}', nats(loss))]),
    ].join('; '),
    icon: top === undefined ? 'circle-outline' : facts.colourOf(top),
    kind: 'token',
    command: { name: 'goToToken', args: [start, end, uri] },
    offset: start,
    uri,
    holds: (other) => other.index === index && other.start === start,
    children: () => partsOfToken(tree, node, token),
  });
  return node;
}

function partsOfToken(tree: TokenTree, node: TreeNode, token: Token): readonly TreeNode[] {
  const features = featureNodes(node, token, tree.facts, { offset: token.start, uri: tree.uri });
  return [
    ...(features.length > 0
      ? features
      : [messageNode(node, 'none', listWords(saesOf(token)).noneOnToken)]),
    ...tree.inspected.effectsOf(token).map((effect) => effectNode(tree, node, effect)),
    ...expectationNodes(tree, node, token),
    similarNode(tree, node, token),
  ];
}

function tooltipOf({ facts, inspected }: TokenTree, token: Token): string {
  const spelling = facts.tokenText(token.id);
  const bytes =
    inspected.detailsOf(token)?.bytes ??
    (spelling === undefined ? undefined : bytesOfText(spelling));
  const place = t('Token {0}, id {1}', token.index, token.id);
  return bytes === undefined ? place : `${place}\n${t('Bytes {0}', hexText(bytes))}`;
}

/** Those that have read it. */
function saesOf({ readings }: Token): readonly SaePlace[] {
  return readings.map(({ sae }) => sae);
}
