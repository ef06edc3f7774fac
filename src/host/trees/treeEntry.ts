// An entry of one of the lists at the side, in words: what VS Code makes a tree item of. Without VS Code.
import type { CommandName } from '../../shared/contributions.ts';
import type { Swatch } from '../display/features/swatch.ts';

export type EntryIcon =
  | { readonly swatch: Swatch }
  /** Name of a codicon, and of the theme colour it has. */
  | { readonly codicon: string; readonly colour?: string };

export interface TreeEntry {
  /** The same for the same thing, whatever it looks like: the list stays where it is. */
  readonly id: string;
  readonly label: string;
  /** UTF-16 range of the label that stands out. */
  readonly highlight?: readonly [start: number, end: number];
  readonly description?: string;
  /** Plain text, several lines. */
  readonly tooltip?: string;
  readonly icon?: EntryIcon;
  /** For the menus of the manifest. */
  readonly context?: string;
  /** What a click does. */
  readonly command?: { readonly name: CommandName; readonly args: readonly unknown[] };
  /** Only for entries that have others below. */
  readonly opens?: 'expanded' | 'collapsed';
  /** For screen readers: the entry as one sentence. */
  readonly spoken: string;
  /** It is here, and of no use now. */
  readonly isDimmed?: boolean;
}

/** Do two lists look the same? Then nothing needs to be drawn. */
export function looksLike(a: readonly TreeEntry[], b: readonly TreeEntry[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
