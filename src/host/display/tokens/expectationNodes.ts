// What the model expected in the place of a token and behind it, as entries of the list of tokens. What an analysis did
// not find is computed when an entry is unfolded. Without VS Code.
import type { Expectation, LikelyTokens, TokenDetails } from '../../../shared/engineProtocol.ts';
import { t } from '../../../shared/l10n.ts';
import type { Token } from '../../documents/tokenTable.ts';
import { bar, percent } from '../features/featureText.ts';
import { expectedByAnalysis, expectedByLook, layersOf } from './expected.ts';
import type { Expected, LayerView, LikelyToken } from './expected.ts';
import { likelyText, lossText, rankText, spokenToken } from './tokenText.ts';
import { messageNode, nodeBelow } from './treeNode.ts';
import type { NodeContent, TreeNode } from './treeNode.ts';
import type { TokenTree } from './treeSource.ts';

const barWidth = 6;

/** In the token's place, at each layer there, and behind the token. */
export function expectationNodes(
  tree: TokenTree,
  parent: TreeNode,
  token: Token,
): readonly TreeNode[] {
  return [
    hereNode(tree, parent, token),
    lensNode(tree, parent, token),
    nextNode(tree, parent, token),
  ];
}

function hereNode({ facts, inspected }: TokenTree, parent: TreeNode, token: Token): TreeNode {
  const details = inspected.detailsOf(token);
  const known = expectedIn(details) ?? expectedByAnalysis(token, facts.tokenText);
  const node = nodeBelow(parent, 'here', {
    label: t('Expected here'),
    description: details !== undefined && known === undefined ? nothingBefore() : lossOf(known),
    spoken: sentence(t('Expected in the place of this token'), lossOf(known)),
    icon: 'question',
    kind: 'expectation',
    children: async () => {
      const expected = known ?? expectedIn(await inspected.details(token));
      return expected === undefined
        ? [messageNode(node, 'none', nothingBefore())]
        : likelyNodes(node, expected.likely, token.id);
    },
  });
  return node;
}

function expectedIn(details: TokenDetails | undefined): Expected | undefined {
  return details?.here && expectedByLook(details.here);
}

function nextNode({ inspected }: TokenTree, parent: TreeNode, token: Token): TreeNode {
  const known = inspected.detailsOf(token)?.next;
  const [first] = known === undefined ? [] : expectedByLook(known).likely;
  const description =
    first === undefined ? '' : `${likelyText(first)} ${percent(first.probability)}`;
  const node = nodeBelow(parent, 'next', {
    label: t('Expected next'),
    description,
    spoken: sentence(t('Expected behind this token'), description),
    icon: 'arrow-right',
    kind: 'expectation',
    children: async () => {
      const next = known ?? (await inspected.details(token)).next;
      const lens = next.lens === undefined ? [] : [lensOfNext(node, next)];
      return [...likelyNodes(node, expectedByLook(next).likely, next.actual?.id), ...lens];
    },
  });
  return node;
}

function lensNode({ inspected }: TokenTree, parent: TreeNode, token: Token): TreeNode {
  const details = inspected.detailsOf(token);
  const description =
    details?.whyNoLens ?? (details?.here === undefined ? '' : turnText(layersOf(details.here)));
  const node = nodeBelow(parent, 'lens', {
    ...lensContent(description),
    children: async () => {
      const { here, whyNoLens } = details ?? (await inspected.details(token));
      if (whyNoLens !== undefined) return [messageNode(node, 'none', whyNoLens)];
      return here === undefined
        ? [messageNode(node, 'none', nothingBefore())]
        : layerNodes(node, here);
    },
  });
  return node;
}

function lensOfNext(parent: TreeNode, next: Expectation): TreeNode {
  const node = nodeBelow(parent, 'lens', {
    ...lensContent(turnText(layersOf(next))),
    children: () => layerNodes(node, next),
  });
  return node;
}

function lensContent(description: string): Omit<NodeContent, 'children'> {
  return {
    label: t('Logit lens'),
    description,
    tooltip: t('What each layer would predict if it were the last one'),
    spoken: sentence(t('Logit lens, layer by layer'), description),
    icon: 'layers',
    kind: 'lens',
  };
}

function layerNodes(parent: TreeNode, expectation: Expectation): readonly TreeNode[] {
  const last = (expectation.lens?.layers.length ?? 0) - 1;
  return layersOf(expectation).map(({ layer, likeliest, rank }) => {
    const likely =
      likeliest === undefined ? '' : `${likelyText(likeliest)} ${percent(likeliest.probability)}`;
    const ranked = rank === 0 ? '' : rankText(rank);
    const description = [likely, ranked].filter((part) => part !== '').join(' · ');
    return nodeBelow(parent, `layer:${layer}`, {
      label: t('Layer {0}', layer),
      description,
      tooltip: [
        ...(layer === last ? [t('The last layer: the prediction of the model itself')] : []),
        ...listOf(expectation.lens?.layers[layer]),
      ].join('\n'),
      spoken: t(
        'Layer {0}: {1}, {2}',
        layer,
        likeliest === undefined ? t('nothing') : spokenToken(likeliest.text ?? ''),
        ranked === '' ? percent(likeliest?.probability ?? 0) : t('this token has {0}', ranked),
      ),
      kind: 'layer',
    });
  });
}

/** All tokens read from a layer, one a line. */
function listOf(tokens: LikelyTokens | undefined): readonly string[] {
  return [...(tokens?.ids ?? [])].map((id, n) => {
    const likely = { id, text: tokens?.texts[n], probability: tokens?.probabilities[n] ?? 0 };
    return `${likelyText(likely)} ${percent(likely.probability)}`;
  });
}

/** @param actual id of the token that is there */
function likelyNodes(
  parent: TreeNode,
  likely: readonly LikelyToken[],
  actual: number | undefined,
): readonly TreeNode[] {
  return likely.map((token, n) => {
    const isActual = token.id === actual;
    const share = percent(token.probability);
    return nodeBelow(parent, `likely:${n}`, {
      label: likelyText(token),
      description: [
        `${share} ${bar(token.probability, barWidth)}`.trimEnd(),
        ...(isActual ? [t('in the text')] : []),
      ].join(' · '),
      spoken: [
        spokenToken(token.text ?? likelyText(token)),
        share,
        ...(isActual ? [t('the token in the text')] : []),
      ].join(', '),
      icon: isActual ? 'check' : 'blank',
      kind: 'likely',
    });
  });
}

/** From which layer on the token that is there comes first; nothing where it never does, or none is there. */
function turnText(layers: readonly LayerView[]): string {
  let from = layers.length;
  while (from > 0 && layers[from - 1]?.rank === 1) from--;
  return from < layers.length ? t('first from layer {0} on', from) : '';
}

function lossOf(expected: Expected | undefined): string {
  if (expected?.loss === undefined || expected.rank === undefined) return '';
  return `${rankText(expected.rank)} · ${lossText(expected.loss)}`;
}

function nothingBefore(): string {
  return t('nothing precedes this token, so nothing was expected');
}

function sentence(start: string, rest: string): string {
  return rest === '' ? start : `${start}: ${rest}`;
}
