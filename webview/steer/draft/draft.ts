// What the user has arranged in the steering view and would be sorry to lose: prompt, edits, settings. Pure: the view draws
// it, the channel stores it. The host's snapshots are merged in so that they never undo what the user did.
import type { FeatureRef } from '../../../src/shared/engineProtocol.ts';
import type { SteerSettings, SteerViewState } from '../../../src/shared/webviewProtocol.ts';
import { type DraftEdit, noEdit } from './edit/draftEdit.ts';
import { type EditTarget, type Offered, bareTarget, sameTarget, targetOf } from './edit/target.ts';
import { fromEdit } from './edit/viewEdit.ts';

export interface Draft {
  /** The prompt of the last snapshot: another one means that the user chose another selection. */
  readonly hostPrompt: string;
  readonly prompt: string;
  readonly settings: SteerSettings;
  /** One entry for every feature and direction whose edit the user touched, `none` included. */
  readonly edits: readonly DraftEdit[];
  /** What the user took off the lists. */
  readonly removed: readonly EditTarget[];
  /** Features the user put on the list by id: they stand first. */
  readonly added: readonly FeatureRef[];
  /** Changes run by themselves. */
  readonly isLive: boolean;
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
  const edited = allOffered(state)
    .filter(({ edit }) => edit)
    .map(targetOf);
  return {
    ...draft,
    hostPrompt: state.prompt,
    removed: without(draft.removed, edited),
  };
}

/** A draft whose edits and settings are those of a snapshot, as if the user had made them. */
export function chosenDraft(state: SteerViewState): Draft {
  const edits = allOffered(state).flatMap(({ edit }) =>
    edit === undefined ? [] : [fromEdit(edit)],
  );
  return { ...mergeSnapshot(undefined, state), edits };
}

/** The snapshot without the host's edits. */
export function withoutEdits(state: SteerViewState): SteerViewState {
  return {
    ...state,
    features: state.features.map(({ sae, brief, inStore, promptMax }) => ({
      ...{ sae, brief, inStore, promptMax },
    })),
    directions: state.directions.map(({ name, site, origin, norm, streamNorm }) => ({
      ...{ name, site, origin, norm },
      ...(streamNorm !== undefined && { streamNorm }),
    })),
  };
}

export function withEdit(draft: Draft, edit: DraftEdit): Draft {
  return { ...draft, edits: [...without(draft.edits, [edit]), edit] };
}

/** Takes a feature or direction off its list, with its edit. */
export function withoutTarget(draft: Draft, target: EditTarget): Draft {
  const cleared = withEdit(draft, noEdit(target));
  return {
    ...cleared,
    removed: [...without(draft.removed, [target]), bareTarget(target)],
    added: without(draft.added, [target]),
  };
}

/** Puts on its list again what had been taken off. */
export function withTarget(draft: Draft, target: EditTarget): Draft {
  return { ...draft, removed: without(draft.removed, [target]) };
}

/** Puts a feature on the list, in front, also one that had been taken off. */
export function withFeature(draft: Draft, { sae, feature }: FeatureRef): Draft {
  const ref = { sae, feature };
  return { ...withTarget(draft, ref), added: [ref, ...without(draft.added, [ref])] };
}

/** The draft when a run is asked for: from now on the host knows its prompt. */
export function sent(draft: Draft): Draft {
  return { ...draft, hostPrompt: draft.prompt };
}

function allOffered({ features, directions }: SteerViewState): readonly Offered[] {
  return [...features, ...directions];
}

function without<Target extends EditTarget>(
  all: readonly Target[],
  dropped: readonly EditTarget[],
): readonly Target[] {
  return all.filter((target) => !dropped.some((other) => sameTarget(target, other)));
}
