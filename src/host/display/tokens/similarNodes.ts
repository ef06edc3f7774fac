// Tokens of the same text whose features are like those of one of them, as entries of the list of tokens. Without VS Code.
import type { SimilarTokens } from '../../../shared/engineProtocol.ts';
import { t } from '../../../shared/l10n.ts';
import { numberText } from '../../../shared/numberText.ts';
import type { Token } from '../../documents/tokenTable.ts';
import { visibleToken } from '../features/featureText.ts';
import { excerptAround } from './excerpt.ts';
import { spokenToken } from './tokenText.ts';
import { messageNode, nodeBelow } from './treeNode.ts';
import type { TreeNode } from './treeNode.ts';
import type { TokenTree } from './treeSource.ts';

/** The command finds more. */
const mostListed = 20;

export function similarNode(tree: TokenTree, parent: TreeNode, token: Token): TreeNode {
  const node = nodeBelow(parent, 'similar', {
    label: t('Similar tokens'),
    tooltip: t('Tokens of this file with similar features'),
    spoken: t('Similar tokens of this file'),
    icon: 'references',
    kind: 'similar',
    children: async () => {
      const found = similarOf(await tree.inspected.similar(token));
      if (found.length === 0) return [messageNode(node, 'none', noSimilar())];
      return found.slice(0, mostListed).map((similar) => similarTokenNode(tree, node, similar));
    },
  });
  return node;
}

export function noSimilar(): string {
  return t('No other token of this file shares a feature with this one.');
}

export interface SimilarToken {
  readonly token: number;
  readonly start: number;
  readonly end: number;
  /** Cosine, above 0. */
  readonly similarity: number;
}

/** A cosine. */
export function similarityText(similarity: number): string {
  return numberText(similarity);
}

/** Most similar first. */
export function similarOf(found: SimilarTokens): readonly SimilarToken[] {
  return [...found.tokens].map((token, n) => ({
    token,
    start: found.starts[n] ?? 0,
    end: found.ends[n] ?? 0,
    similarity: found.similarities[n] ?? 0,
  }));
}

function similarTokenNode(
  { text, uri }: TokenTree,
  parent: TreeNode,
  { token, start, end, similarity }: SimilarToken,
): TreeNode {
  const word = text.slice(start, end);
  const line = text.lineOf(start) + 1;
  const excerpt = excerptAround(text, start, end);
  return nodeBelow(parent, `token:${token}`, {
    label: visibleToken(word),
    description: `${similarityText(similarity)} · ${t('line {0}', line)} · ${excerpt}`,
    spoken: t(
      'Token {0} in line {1}, similarity {2}: {3}',
      spokenToken(word),
      line,
      similarityText(similarity),
      excerpt,
    ),
    kind: 'similarToken',
    command: { name: 'goToToken', args: [start, end, uri] },
    offset: start,
    uri,
  });
}
