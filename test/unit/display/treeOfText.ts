// The list of tokens of a text that is made up here, for the tests of its entries.
import type { TextLines } from '../../../src/host/display/tokens/excerpt.ts';
import { topNodes } from '../../../src/host/display/tokens/tokenTree.ts';
import { rootNode } from '../../../src/host/display/tokens/treeNode.ts';
import type { TreeNode } from '../../../src/host/display/tokens/treeNode.ts';
import type { Inspected, TokenTree } from '../../../src/host/display/tokens/treeSource.ts';
import type { SimilarTokens } from '../../../src/shared/engineProtocol.ts';
import { TokenTable } from '../../../src/host/documents/tokenTable.ts';
import { batchOf, type Row } from '../host/batches.ts';
import { facts } from './hoverFacts.ts';

export const uri = 'file:///a.txt';

/** With line feeds as breaks. */
export function linesOf(text: string): TextLines {
  const starts = [0];
  for (const { index } of text.matchAll(/\n/g)) starts.push(index + 1);
  return {
    lineCount: starts.length,
    lineAt: (line) => ({ start: starts[line] ?? NaN, end: starts[line + 1] ?? text.length }),
    slice: (start, end) => text.slice(start, end),
    lineOf: (offset) => starts.filter((start) => start <= offset).length - 1,
  };
}

const nothing: Inspected = {
  detailsOf: () => undefined,
  details: () => Promise.reject(new Error('nobody computes details here')),
  similar: () => Promise.reject(new Error('nobody computes similar tokens here')),
  effectsOf: () => [],
  bos: undefined,
};

/** Words with the blank before them, and line breaks; the first character's code is the feature of a token. */
export function wordRows(text: string): readonly Row[] {
  return [...text.matchAll(/\n| ?[^ \n]+| /g)].map(({ 0: word, index }) => [
    index,
    index + word.length,
    word.trim().charCodeAt(0) || 1,
    2,
    9,
    1,
  ]);
}

export function treeOf(
  text: string,
  others: Partial<Omit<TokenTree, 'inspected'>> & { readonly inspected?: Partial<Inspected> } = {},
): TokenTree {
  const tokens = new TokenTable();
  tokens.insert(batchOf(0, wordRows(text), 2), 1);
  const inspected = { ...nothing, ...others.inspected };
  return { uri, text: linesOf(text), tokens, facts, ...others, inspected };
}

export function top(tree: TokenTree): readonly TreeNode[] {
  return topNodes(tree, rootNode(tree.uri));
}

export async function childrenOf(node: TreeNode | undefined): Promise<readonly TreeNode[]> {
  if (node === undefined) throw new Error('there is no such entry');
  return (await node.children?.()) ?? [];
}

/** The entry below which a path of labels leads. */
export async function at(
  nodes: readonly TreeNode[],
  ...[label, ...others]: readonly string[]
): Promise<TreeNode> {
  const node = nodes.find((each) => each.label === label);
  if (node === undefined) {
    throw new Error(`no “${label ?? ''}” among ${nodes.map((each) => each.label).join(', ')}`);
  }
  return others.length === 0 ? node : at(await childrenOf(node), ...others);
}

/** Everything that is there without being computed. */
export async function everyNode(nodes: readonly TreeNode[]): Promise<readonly TreeNode[]> {
  const below = await Promise.all(
    nodes.map(async (node) => everyNode(await childrenOf(node).catch(() => []))),
  );
  return [...nodes, ...below.flat()];
}

/** Tokens with a start, an end and a similarity each. */
export function similarTo(...found: readonly (readonly [number, number, number])[]): SimilarTokens {
  return {
    tokens: Uint32Array.from(found, (_, n) => n),
    starts: Uint32Array.from(found, ([start]) => start),
    ends: Uint32Array.from(found, ([, end]) => end),
    similarities: Float32Array.from(found, ([, , similarity]) => similarity),
  };
}
