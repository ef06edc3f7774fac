// What the user has arranged in the steering view and would be sorry to lose: prompt, edits, settings. Pure: the view draws
// it, the channel stores it. The host's snapshots are merged in so that they never undo what the user did.
import type { FeatureEdit, FeatureRef } from '../../../src/shared/engineProtocol.ts';
import { featureKey, sameFeature } from '../../../src/shared/featureRef.ts';
import type {
  SteerFeature,
  SteerSettings,
  SteerViewState,
} from '../../../src/shared/webviewProtocol.ts';
import { type DraftEdit, fromEdit, noEdit, toEdit } from './draftEdit.ts';

export interface Draft {
  /** The prompt of the last snapshot: another one means that the user chose another selection. */
  readonly hostPrompt: string;
  readonly prompt: string;
  readonly settings: SteerSettings;
  /** One entry for every feature whose edit the user touched, `none` included. */
  readonly edits: readonly DraftEdit[];
  /** Features the user took off the list. */
  readonly removed: readonly FeatureRef[];
  /** Features the user put on the list by id: they stand first. */
  readonly added: readonly FeatureRef[];
  /** Changes run by themselves. */
  readonly isLive: boolean;
}

/** Which feature is offered. */
export function refOf({ sae, brief }: SteerFeature): FeatureRef {
  return { sae, feature: brief.feature };
}

/**
 * Takes in a snapshot. With a new prompt everything is as the host says; with the known one, what the user changed
 * stays: prompt, settings, touched edits and removals.
 */
export function mergeSnapshot(draft: Draft | undefined, state: SteerViewState): Draft {
  const isKnown =
    draft !== undefined && (state.prompt === draft.hostPrompt || state.prompt === draft.prompt);
  if (!isKnown) {
    return {
      hostPrompt: state.prompt,
      prompt: state.prompt,
      settings: state.settings,
      edits: [],
      removed: [],
      added: [],
      isLive: draft?.isLive ?? state.isLive,
    };
  }
  const offered = state.features.filter(({ edit }) => edit).map(refOf);
  return {
    ...draft,
    hostPrompt: state.prompt,
    removed: without(draft.removed, offered),
  };
}

/** A draft whose edits and settings are those of a snapshot, as if the user had made them. */
export function chosenDraft(state: SteerViewState): Draft {
  const edits = state.features.flatMap(({ edit }) => (edit === undefined ? [] : [fromEdit(edit)]));
  return { ...mergeSnapshot(undefined, state), edits };
}

/** The offer of a feature without the host's edit. */
export function withoutEdit({ sae, brief, inStore, promptMax }: SteerFeature): SteerFeature {
  return { sae, brief, inStore, promptMax };
}

/** The edit of a feature: the user's, else the host's, else none. */
export function editOf(draft: Draft, offered: SteerFeature): DraftEdit {
  const { edit } = offered;
  const ref = refOf(offered);
  const touched = draft.edits.find((each) => sameFeature(each, ref));
  return touched ?? (edit === undefined ? noEdit(ref) : fromEdit(edit));
}

export function withEdit(draft: Draft, edit: DraftEdit): Draft {
  return { ...draft, edits: [...without(draft.edits, [edit]), edit] };
}

/** Takes a feature off the list, with its edit. */
export function withoutFeature(draft: Draft, { sae, feature }: FeatureRef): Draft {
  const ref = { sae, feature };
  const cleared = withEdit(draft, noEdit(ref));
  return {
    ...cleared,
    removed: [...without(draft.removed, [ref]), ref],
    added: without(draft.added, [ref]),
  };
}

/** Puts a feature on the list, also one that had been taken off. */
export function withFeature(draft: Draft, { sae, feature }: FeatureRef): Draft {
  const ref = { sae, feature };
  return {
    ...draft,
    removed: without(draft.removed, [ref]),
    added: [ref, ...without(draft.added, [ref])],
  };
}

/** The features on the list: those added by id, then the host's, without the removed ones. */
export function listedFeatures(draft: Draft, state: SteerViewState): readonly SteerFeature[] {
  const removed = new Set(draft.removed.map(featureKey));
  const rank = (offered: SteerFeature): number => {
    const at = draft.added.findIndex((ref) => sameFeature(ref, refOf(offered)));
    return at < 0 ? Infinity : at;
  };
  return state.features
    .filter((offered) => !removed.has(featureKey(refOf(offered))))
    .toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

/**
 * The snapshot with the features that are being edited, even where the host no longer offers them: an edit never
 * disappears because another prompt was run, but it does with its SAE. `promptMax` 0, since the host did not count them as active.
 */
export function keepEdited(
  draft: Draft,
  previous: SteerViewState,
  next: SteerViewState,
): SteerViewState {
  const offered = new Set(next.features.map((feature) => featureKey(refOf(feature))));
  const saes = new Set(next.saes.map(({ sae }) => sae));
  const kept = listedFeatures(draft, previous)
    .filter((feature) => editOf(draft, feature).operation !== 'none')
    .filter((feature) => saes.has(feature.sae) && !offered.has(featureKey(refOf(feature))))
    .map(({ sae, brief, inStore }) => ({ sae, brief, inStore, promptMax: 0 }));
  return kept.length === 0 ? next : { ...next, features: [...kept, ...next.features] };
}

/** The draft when a run is asked for: from now on the host knows its prompt. */
export function sent(draft: Draft): Draft {
  return { ...draft, hostPrompt: draft.prompt };
}

/** The edits that are to be done, in the order of the list. */
export function chosenEdits(draft: Draft, state: SteerViewState): readonly DraftEdit[] {
  return listedFeatures(draft, state)
    .map((feature) => editOf(draft, feature))
    .filter(({ operation }) => operation !== 'none');
}

/** What to send with a run, in the order of the list. */
export function editsToRun(draft: Draft, state: SteerViewState): readonly FeatureEdit[] {
  return chosenEdits(draft, state)
    .map(toEdit)
    .filter((edit) => edit !== undefined);
}

function without<Ref extends FeatureRef>(
  all: readonly Ref[],
  dropped: readonly FeatureRef[],
): readonly Ref[] {
  return all.filter((ref) => !dropped.some((other) => sameFeature(ref, other)));
}
