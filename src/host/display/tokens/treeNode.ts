// An entry of the list of tokens as plain data: what it shows, what a screen reader says, what menus act on, and where
// the entries below it come from. How VS Code shows it is the list's business. Without VS Code.
import type { CommandName } from '../../../shared/contributions.ts';
import type { FeatureRef } from '../../../shared/engineProtocol.ts';
import type { PaletteColour } from '../../../shared/palette.ts';
import type { Token } from '../../documents/tokenTable.ts';

/** A picture in front: one of VS Code's icons by name, or the colour of a feature. */
export type NodeIcon = string | PaletteColour;

export interface TreeNode extends Partial<FeatureRef> {
  /** The same for the same thing whenever the list is made anew. */
  readonly id: string;
  readonly parent: TreeNode | undefined;
  readonly label: string;
  /** Shown behind the label, fainter. */
  readonly description?: string;
  /** Plain text; may have several lines. */
  readonly tooltip?: string;
  /** A sentence for a screen reader. */
  readonly spoken: string;
  readonly icon?: NodeIcon;
  /** What menus call it, e.g. `feature`. */
  readonly kind: string;
  /** What choosing the entry does. */
  readonly command?: { readonly name: CommandName; readonly args: readonly (string | number)[] };
  /** For commands that are run on the entry: the token's UTF-16 offset and the document. */
  readonly offset?: number;
  readonly uri?: string;
  /** Entries below it; those that say so have to be computed. */
  readonly children?: () => readonly TreeNode[] | Promise<readonly TreeNode[]>;
  /** Tokens that are entries right below it: what is said of their features has to be known first. */
  readonly tokens?: () => readonly Token[];
  /** Whether a token of the text is this entry, or somewhere below it. */
  readonly holds?: (token: Token) => boolean;
}

/** What an entry is, but for its place in the tree. */
export type NodeContent = Omit<TreeNode, 'id' | 'parent'>;

/** What stands above all entries, and is none. */
export function rootNode(uri: string): TreeNode {
  return { id: uri, parent: undefined, label: '', spoken: '', kind: 'root', uri };
}

/** @param key tells it from its siblings */
export function nodeBelow(parent: TreeNode, key: string, content: NodeContent): TreeNode {
  return { ...content, id: `${parent.id}/${key}`, parent };
}

/** A sentence in the place of entries. */
export function messageNode(parent: TreeNode, key: string, text: string): TreeNode {
  return nodeBelow(parent, key, { label: text, spoken: text, icon: 'info', kind: 'message' });
}
