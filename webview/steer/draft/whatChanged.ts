// Which part of the arrangement a change of an edit is about. Pure.
import type { Draft } from './draft.ts';
import type { DraftEdit } from './edit/draftEdit.ts';
import { sameTarget, targetKey } from './edit/target.ts';

/** Equal for changes of the same value of the same edit: these are undone together. */
export function whatChanged(draft: Draft, edit: DraftEdit): string {
  const before = draft.edits.find((each) => sameTarget(each, edit));
  const names = Object.keys(edit) as readonly (keyof DraftEdit)[];
  const others = names.filter((name) => edit[name] !== before?.[name]);
  return `${targetKey(edit)} ${others.join(' ')}`;
}
