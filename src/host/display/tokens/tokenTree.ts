// The list of a text's tokens: the token in front of the text, then line by line. Only what is unfolded is made, and no
// list is longer than a few hundred entries, however long the text and its lines are. Without VS Code.
import { t } from '../../../shared/l10n.ts';
import type { Token } from '../../documents/tokenTable.ts';
import { bosNode } from './bosNode.ts';
import { excerptOf } from './excerpt.ts';
import { tokenNode } from './tokenNode.ts';
import { tokensText } from './tokenText.ts';
import { nodeBelow } from './treeNode.ts';
import type { TreeNode } from './treeNode.ts';
import type { TokenTree } from './treeSource.ts';

/** Entries of one list; longer ones are folded into groups. */
const mostEntries = 200;

/** Entries of the first level. */
export function topNodes(tree: TokenTree, root: TreeNode): readonly TreeNode[] {
  const { bos } = tree.inspected;
  const front = bos === undefined || bos === null ? [] : [bosNode(tree, root, bos)];
  return [...front, ...lineNodes(tree, root, { first: 0, last: tree.text.lineCount })];
}

/** The entry of a token; nothing for a token that the text no longer has. */
export function findTokenNode(tree: TokenTree, root: TreeNode, token: Token): TreeNode | undefined {
  let nodes = topNodes(tree, root);
  for (;;) {
    const node = nodes.find(({ holds }) => holds?.(token) === true);
    if (node === undefined || node.kind === 'token') return node;
    const children = node.children?.() ?? [];
    // Lines and groups are there without being computed.
    nodes = children instanceof Promise ? [] : children;
  }
}

/** A stretch of a list, `first … last − 1`. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** @returns nothing for a list that is short enough, else at most `mostEntries` equal parts */
export function partsOf({ first, last }: Span): readonly Span[] {
  if (last - first <= mostEntries) return [];
  let size = mostEntries;
  while ((last - first) / size > mostEntries) size *= mostEntries;
  const parts: Span[] = [];
  for (let from = first; from < last; from += size) {
    parts.push({ first: from, last: Math.min(last, from + size) });
  }
  return parts;
}

function lineNodes(tree: TokenTree, parent: TreeNode, lines: Span): readonly TreeNode[] {
  const parts = partsOf(lines);
  if (parts.length > 0) return parts.flatMap((part) => linesNode(tree, parent, part));
  const nodes: TreeNode[] = [];
  for (let line = lines.first; line < lines.last; line++) {
    nodes.push(...lineNode(tree, parent, line));
  }
  return nodes;
}

/** A group of lines; none where they have no tokens. */
function linesNode(tree: TokenTree, parent: TreeNode, lines: Span): readonly TreeNode[] {
  const { first, last } = lines;
  const { start } = tree.text.lineAt(first);
  const { end } = tree.text.lineAt(last - 1);
  const count = tree.tokens.countStarting(start, end);
  if (count === 0) return [];
  const node = nodeBelow(parent, `lines:${first}`, {
    label: t('Lines {0}–{1}', first + 1, last),
    description: tokensText(count),
    spoken: t('Lines {0} to {1}, {2}', first + 1, last, tokensText(count)),
    kind: 'lines',
    holds: (token) => start <= token.start && token.start < end,
    children: () => lineNodes(tree, node, lines),
  });
  return [node];
}

function lineNode(tree: TokenTree, parent: TreeNode, line: number): readonly TreeNode[] {
  const { start, end } = tree.text.lineAt(line);
  const count = tree.tokens.countStarting(start, end);
  if (count === 0) return [];
  const excerpt = excerptOf(tree.text, start, end);
  const tokensOfLine = (): readonly Token[] =>
    tree.tokens.between(start, end).filter((token) => token.start >= start);
  const node = nodeBelow(parent, `line:${line}`, {
    label: String(line + 1),
    description: excerpt,
    tooltip: tokensText(count),
    spoken: t('Line {0}, {1}: {2}', line + 1, tokensText(count), excerpt),
    kind: 'line',
    holds: (token) => start <= token.start && token.start < end,
    tokens: () => (count > mostEntries ? [] : tokensOfLine()),
    children: () => {
      const tokens = tokensOfLine();
      return tokenNodes(tree, node, { tokens, part: { first: 0, last: tokens.length } });
    },
  });
  return [node];
}

interface TokensOfLine {
  readonly tokens: readonly Token[];
  readonly part: Span;
}

function tokenNodes(
  tree: TokenTree,
  parent: TreeNode,
  { tokens, part }: TokensOfLine,
): readonly TreeNode[] {
  const parts = partsOf(part);
  if (parts.length > 0) {
    return parts.map((each) => tokensNode(tree, parent, { tokens, part: each }));
  }
  return tokens.slice(part.first, part.last).map((token, n) => {
    const at = part.first + n;
    const isShared = [tokens[at - 1], tokens[at + 1]].some((other) => other?.start === token.start);
    return tokenNode(tree, parent, { token, at, isShared });
  });
}

/** A group of a line's tokens. */
function tokensNode(tree: TokenTree, parent: TreeNode, { tokens, part }: TokensOfLine): TreeNode {
  const [first, last] = [tokens[part.first], tokens[part.last - 1]];
  const excerpt = excerptOf(tree.text, first?.start ?? 0, last?.end ?? 0);
  const node = nodeBelow(parent, `tokens:${part.first}`, {
    label: t('Tokens {0}–{1}', part.first + 1, part.last),
    description: excerpt,
    spoken: t('Tokens {0} to {1} of the line: {2}', part.first + 1, part.last, excerpt),
    kind: 'tokens',
    holds: ({ index }) => (first?.index ?? 0) <= index && index <= (last?.index ?? -1),
    tokens: () => (part.last - part.first > mostEntries ? [] : tokens.slice(part.first, part.last)),
    children: () => tokenNodes(tree, node, { tokens, part }),
  });
  return node;
}
