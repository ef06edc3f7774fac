// What commands about single tokens need of the list of tokens: surfaces do not know each other.
import type * as vscode from 'vscode';
import type { Token } from '../documents/tokenTable.ts';

export interface TokenList {
  /**
   * Shows the entry of a token and unfolds it.
   * @param below keys of entries below it that are unfolded as well
   */
  reveal(document: vscode.TextDocument, token: Token, below?: readonly string[]): Promise<void>;
}
