// What the user arranges and what the host offers for it, in one place, with undo. Without DOM.
import { t } from '../../../src/shared/l10n.ts';
import type { SteerRequest, SteerViewState } from '../../../src/shared/webviewProtocol.ts';
import { conditionProblem } from './edit/conditionProblem.ts';
import { type Draft, chosenDraft, mergeSnapshot, sent, withoutEdits } from './draft.ts';
import { type History, beginHistory, changed, redone, undone } from './history.ts';
import { chosenEdits, editsToRun, keepEdited } from './listed.ts';

/** What can be undone. The prompt is not in it: its field has an undo of its own. */
type Undoable = Pick<Draft, 'settings' | 'edits' | 'removed' | 'added'>;

export class Arrangement {
  #state: SteerViewState;
  #draft: Draft;
  #history: History<Undoable>;

  constructor(state: SteerViewState, draft: Draft) {
    this.#state = state;
    this.#draft = draft;
    this.#history = beginHistory(undoable(draft));
  }

  get state(): SteerViewState {
    return this.#state;
  }

  get draft(): Draft {
    return this.#draft;
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.#history.future.length > 0;
  }

  /** @param what equal for changes that are undone together when they follow each other quickly */
  change(next: Draft, what: string): void {
    this.#draft = next;
    this.#history = changed(this.#history, undoable(next), { what, at: Date.now() });
  }

  type(prompt: string): void {
    this.#draft = { ...this.#draft, prompt };
  }

  setLive(isLive: boolean): void {
    this.#draft = { ...this.#draft, isLive };
  }

  undo(): void {
    this.#turnTo(undone(this.#history));
  }

  redo(): void {
    this.#turnTo(redone(this.#history));
  }

  /** @returns whether it is about another prompt, and all is as the host says */
  takeIn(next: SteerViewState): boolean {
    if (next.isChosen === true) {
      this.#takeChosen(next);
      return true;
    }
    const merged = mergeSnapshot(this.#draft, next);
    const isNew = merged.prompt !== this.#draft.prompt;
    this.#state = isNew ? next : keepEdited(this.#draft, this.#state, next);
    this.#draft = merged;
    if (isNew) this.#history = beginHistory(undoable(merged));
    return isNew;
  }

  /** A run is asked for: from now on the host knows the prompt. */
  wasSent(): void {
    this.#draft = sent(this.#draft);
  }

  /** Why there is nothing to run, in one sentence. */
  get obstacle(): string | undefined {
    if (this.#draft.prompt.trim() === '') return t('Write a prompt to run.');
    return chosenEdits(this.#draft, this.#state)
      .map((edit) => conditionProblem(edit, this.#state.saes))
      .find((problem) => problem !== undefined);
  }

  get request(): SteerRequest {
    const { prompt, settings } = this.#draft;
    return { prompt, edits: editsToRun(this.#draft, this.#state), settings };
  }

  /** Everything as the host says; where the prompt stays the same that can be undone. */
  #takeChosen(next: SteerViewState): void {
    const isKnown = next.prompt === this.#draft.prompt;
    const { isLive } = this.#draft;
    this.#draft = { ...chosenDraft(next), isLive };
    this.#state = withoutEdits(next);
    this.#history = isKnown
      ? changed(this.#history, undoable(this.#draft), {
          // Two presets in a row are two steps.
          what: `chosen-${this.#history.past.length}`,
          at: Date.now(),
        })
      : beginHistory(undoable(this.#draft));
  }

  #turnTo(history: History<Undoable>): void {
    this.#history = history;
    this.#draft = { ...this.#draft, ...history.present };
  }
}

function undoable({ settings, edits, removed, added }: Draft): Undoable {
  return { settings, edits, removed, added };
}
