// The token that the arguments of a command mean: an offset and the document's URI from links, an entry of a list of
// tokens, or nothing, which means the cursor. Without VS Code.
import { readOffset } from '../commands/place.ts';
import { fieldsOf } from '../views/viewMessages.ts';

export interface TokenArgument {
  /** UTF-16 offset; the cursor when absent. */
  readonly offset?: number;
  /** Of the document; the active editor's when absent. */
  readonly uri?: string;
}

/** What is no place in a text is left out: a menu of the editor puts its document where a link has an offset. */
export function tokenArgument(first: unknown, uri: unknown): TokenArgument {
  const listed = fieldsOf(first);
  const offset = readOffset(listed?.['offset'] ?? first);
  const named = readUri(listed?.['uri'] ?? uri);
  return { ...(offset !== undefined && { offset }), ...(named !== undefined && { uri: named }) };
}

function readUri(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
