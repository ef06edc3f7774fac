// Which part of the arrangement a change of an edit is about. Pure.
import { featureKey, sameFeature } from '../../../src/shared/featureRef.ts';
import type { Draft } from './draft.ts';
import type { DraftEdit } from './draftEdit.ts';

/** Equal for changes of the same value of the same edit: these are undone together. */
export function whatChanged(draft: Draft, edit: DraftEdit): string {
  const before = draft.edits.find((each) => sameFeature(each, edit));
  const names = Object.keys(edit) as readonly (keyof DraftEdit)[];
  const others = names.filter((name) => edit[name] !== before?.[name]);
  return `${featureKey(edit)} ${others.join(' ')}`;
}
