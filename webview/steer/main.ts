// The steering view: choose edits, run, compare. It keeps what the user arranged, shows what the host sends, and leaves
// all computing and checking to the host.
import type {
  FromSteerView,
  SteerViewState,
  ToSteerView,
} from '../../src/shared/webviewProtocol.ts';
import { connect } from '../common/channel.ts';
import { element } from '../common/element.ts';
import { busyNotice, failureNotice } from '../common/notice.ts';
import { speakUsersLanguage } from '../common/translation.ts';
import { type Draft, mergeSnapshot } from './draft/draft.ts';
import { restoreDraft } from './draft/restoreDraft.ts';
import { type RunState, restoreRun } from './run/runState.ts';
import './steer.css';
import { workbench } from './workbench.ts';

interface Stored {
  readonly draft: Draft;
  /** The last run that ended. */
  readonly run: RunState | undefined;
}

speakUsersLanguage();
const app = document.getElementById('app') ?? document.body;
const channel = connect<ToSteerView, FromSteerView, Stored>();
const stored = channel.getState();
const waiting = element('div', { class: 'waiting' });
app.append(waiting);

let view: ReturnType<typeof workbench> | undefined;

channel.onMessage((message) => {
  if (message.kind === 'state') showState(message);
  else if (view !== undefined) view.receive(message);
  else if (message.kind === 'loading') waiting.replaceChildren(busyNotice(message.message));
  else if (message.kind === 'failed') waiting.replaceChildren(failureNotice(message.message));
});
channel.post({ kind: 'ready' });

function showState(state: SteerViewState): void {
  if (view !== undefined) {
    view.showState(state);
    return;
  }
  const kept = restoreDraft(stored?.draft);
  const draft = mergeSnapshot(kept, state);
  const isSame = kept?.prompt === draft.prompt;
  view = workbench({
    state,
    draft,
    run: isSame ? restoreRun(stored?.run) : undefined,
    post: (message) => {
      channel.post(message);
    },
    store: (kept, run) => {
      channel.setState({ draft: kept, run });
    },
  });
  waiting.replaceWith(view.element);
}
