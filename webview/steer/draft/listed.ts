// The lists of the view: what of the host's offers stands on them, with which edit, and what is to be done. Pure.
import type { NamedEdit } from '../../../src/shared/engineProtocol.ts';
import type {
  SteerDirection,
  SteerFeature,
  SteerViewState,
} from '../../../src/shared/webviewProtocol.ts';
import type { Draft } from './draft.ts';
import { type DraftEdit, noEdit } from './edit/draftEdit.ts';
import { type Offered, featureOf, sameTarget, targetKey, targetOf } from './edit/target.ts';
import { fromEdit, toEdit } from './edit/viewEdit.ts';

/** The features on the list: those added by id, then the host's, without the removed ones. */
export function listedFeatures(draft: Draft, state: SteerViewState): readonly SteerFeature[] {
  const rank = (offered: SteerFeature): number => {
    const at = draft.added.findIndex((ref) => sameTarget(ref, featureOf(offered)));
    return at < 0 ? Infinity : at;
  };
  return withoutRemoved(draft, state.features).toSorted((a, b) =>
    rank(a) === rank(b) ? 0 : rank(a) - rank(b),
  );
}

/** The directions on the list, in the order of the host. */
export function listedDirections(draft: Draft, state: SteerViewState): readonly SteerDirection[] {
  return withoutRemoved(draft, state.directions);
}

function withoutRemoved<Each extends Offered>(draft: Draft, offered: readonly Each[]): Each[] {
  const removed = new Set(draft.removed.map(targetKey));
  return offered.filter((each) => !removed.has(targetKey(targetOf(each))));
}

/** The edit of what is offered: the user's, else the host's, else none. */
export function editOf(draft: Draft, offered: Offered): DraftEdit {
  const { edit } = offered;
  const target = targetOf(offered);
  const touched = draft.edits.find((each) => sameTarget(each, target));
  return touched ?? (edit === undefined ? noEdit(target) : fromEdit(edit));
}

/**
 * The snapshot with the features that are being edited, even where the host no longer offers them: an edit never
 * disappears because another prompt was run, but it does with its SAE. `promptMax` 0, since the host did not count them as
 * active. Directions need no such care: the host offers those of the session whatever the prompt.
 */
export function keepEdited(
  draft: Draft,
  previous: SteerViewState,
  next: SteerViewState,
): SteerViewState {
  const offered = new Set(next.features.map((feature) => targetKey(featureOf(feature))));
  const saes = new Set(next.saes.map(({ sae }) => sae));
  const kept = listedFeatures(draft, previous)
    .filter((feature) => editOf(draft, feature).operation !== 'none')
    .filter((feature) => saes.has(feature.sae) && !offered.has(targetKey(featureOf(feature))))
    .map(({ sae, brief, inStore }) => ({ sae, brief, inStore, promptMax: 0 }));
  return kept.length === 0 ? next : { ...next, features: [...kept, ...next.features] };
}

/** The edits that are to be done, in the order of the lists: features, then directions. */
export function chosenEdits(draft: Draft, state: SteerViewState): readonly DraftEdit[] {
  return [...listedFeatures(draft, state), ...listedDirections(draft, state)]
    .map((offered) => editOf(draft, offered))
    .filter(({ operation }) => operation !== 'none');
}

/** What to send with a run, in the same order. */
export function editsToRun(draft: Draft, state: SteerViewState): readonly NamedEdit[] {
  return chosenEdits(draft, state)
    .map(toEdit)
    .filter((edit) => edit !== undefined);
}
