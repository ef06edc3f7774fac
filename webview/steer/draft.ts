// What the user has arranged in the steering view and would be sorry to lose: prompt, edits, settings. Pure: the view draws
// it, the channel stores it. The host's snapshots are merged in so that they never undo what the user did.
import type { FeatureEdit, SteerScope } from '../../src/shared/engineProtocol.ts';
import type {
  SteerFeature,
  SteerSettings,
  SteerViewState,
} from '../../src/shared/webviewProtocol.ts';
import type { FeatureIndex } from '../../src/shared/units.ts';
import { type Operation, toEdit } from './amounts.ts';

export interface DraftEdit {
  readonly feature: FeatureIndex;
  readonly operation: Operation;
  readonly amount: number;
}

export interface Draft {
  /** The prompt of the last snapshot: another one means that the user chose another selection. */
  readonly hostPrompt: string;
  readonly prompt: string;
  readonly settings: SteerSettings;
  /** One entry for every feature whose edit the user touched, `none` included. */
  readonly edits: readonly DraftEdit[];
  /** Features the user took off the list. */
  readonly removed: readonly FeatureIndex[];
  /** Features the user put on the list by id: they stand first. */
  readonly added: readonly FeatureIndex[];
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
    };
  }
  const offered = new Set(
    state.features.filter(({ edit }) => edit).map(({ brief }) => brief.feature),
  );
  return {
    ...draft,
    hostPrompt: state.prompt,
    removed: draft.removed.filter((feature) => !offered.has(feature)),
  };
}

/** The edit of a feature: the user's, else the host's, else none. */
export function editOf(draft: Draft, { brief, edit }: SteerFeature): DraftEdit {
  const touched = draft.edits.find(({ feature }) => feature === brief.feature);
  if (touched !== undefined) return touched;
  const amount = edit !== undefined && 'amount' in edit ? edit.amount : 0;
  return { feature: brief.feature, operation: edit?.operation ?? 'none', amount };
}

export function withEdit(draft: Draft, edit: DraftEdit): Draft {
  const others = draft.edits.filter(({ feature }) => feature !== edit.feature);
  return { ...draft, edits: [...others, edit] };
}

/** Takes a feature off the list, with its edit. */
export function withoutFeature(draft: Draft, feature: FeatureIndex): Draft {
  const cleared = withEdit(draft, { feature, operation: 'none', amount: 0 });
  return {
    ...cleared,
    removed: [...draft.removed.filter((id) => id !== feature), feature],
    added: draft.added.filter((id) => id !== feature),
  };
}

/** Puts a feature on the list, also one that had been taken off. */
export function withFeature(draft: Draft, feature: FeatureIndex): Draft {
  return {
    ...draft,
    removed: draft.removed.filter((id) => id !== feature),
    added: [feature, ...draft.added.filter((id) => id !== feature)],
  };
}

/** The features on the list: those added by id, then the host's, without the removed ones. */
export function listedFeatures(draft: Draft, state: SteerViewState): readonly SteerFeature[] {
  const rank = ({ brief }: SteerFeature): number => {
    const at = draft.added.indexOf(brief.feature);
    return at < 0 ? Infinity : at;
  };
  return state.features
    .filter(({ brief }) => !draft.removed.includes(brief.feature))
    .toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
}

/**
 * The snapshot with the features that are being edited, even where the host no longer offers them: an edit never
 * disappears because another prompt was run. `promptMax` 0, since the host did not count them as active.
 */
export function keepEdited(
  draft: Draft,
  previous: SteerViewState,
  next: SteerViewState,
): SteerViewState {
  const offered = new Set(next.features.map(({ brief }) => brief.feature));
  const kept = listedFeatures(draft, previous)
    .filter((feature) => editOf(draft, feature).operation !== 'none')
    .filter(({ brief }) => !offered.has(brief.feature))
    .map(({ brief }) => ({ brief, promptMax: 0 }));
  return kept.length === 0 ? next : { ...next, features: [...kept, ...next.features] };
}

/** The draft when a run is asked for: from now on the host knows its prompt. */
export function sent(draft: Draft): Draft {
  return { ...draft, hostPrompt: draft.prompt };
}

/** What to send with a run, in the order of the list. */
export function editsToRun(draft: Draft, state: SteerViewState): readonly FeatureEdit[] {
  return listedFeatures(draft, state)
    .map((feature) => editOf(draft, feature))
    .map(({ feature, operation, amount }) => toEdit(feature, operation, amount))
    .filter((edit) => edit !== undefined);
}

const scopes: readonly SteerScope[] = ['all', 'prompt', 'generated'];

/** A draft that was stored earlier, perhaps by another version: `undefined` unless it is whole. */
export function restoreDraft(stored: unknown): Draft | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const draft = stored as Partial<Draft>;
  const settings = draft.settings;
  const isWhole =
    typeof draft.hostPrompt === 'string' &&
    typeof draft.prompt === 'string' &&
    Array.isArray(draft.edits) &&
    Array.isArray(draft.removed) &&
    Array.isArray(draft.added) &&
    settings !== undefined &&
    scopes.includes(settings.scope) &&
    [settings.maxTokens, settings.temperature, settings.seed].every(Number.isFinite);
  return isWhole ? (draft as Draft) : undefined;
}
