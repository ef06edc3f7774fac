// One scope for several edits.
import type { NamedEdit, SteerEdit, SteerScope } from './engineProtocol.ts';

/** The edits on the tokens of a scope; those that say themselves where they apply stay as they are. */
export function withScope<E extends SteerEdit | NamedEdit>(
  edits: readonly E[],
  scope: SteerScope,
): E[] {
  return edits.map((edit) =>
    edit.positions === undefined ? { ...edit, positions: { scope } } : edit,
  );
}
