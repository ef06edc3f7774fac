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
import { mergeSnapshot } from './draft/draft.ts';
import { restoreDraft } from './draft/restoreDraft.ts';
import { restoreLikelihood } from './likelihood/measurer.ts';
import { restoreRun } from './run/runState.ts';
import './steer.css';
import { restoreOpenSweep } from './sweep/sweeper.ts';
import { type Kept, workbench } from './workbench.ts';

speakUsersLanguage();
const app = document.getElementById('app') ?? document.body;
const channel = connect<ToSteerView, FromSteerView, Kept>();
const stored = channel.getState();
const waiting = element('div', { class: 'waiting' });
app.append(waiting);

let view: ReturnType<typeof workbench> | undefined;
/** Asked for before there is anything to show it in. */
let early: readonly ToSteerView[] = [];

channel.onMessage((message) => {
  if (message.kind === 'state') showState(message);
  else if (view !== undefined) view.receive(message);
  else if (isForLater(message)) early = [...early, message];
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
    ...{ state, draft },
    run: isSame ? restoreRun(stored?.run) : undefined,
    sweep: isSame ? restoreOpenSweep(stored?.sweep) : undefined,
    likelihood: restoreLikelihood(stored?.likelihood),
    post: (message) => {
      channel.post(message);
    },
    store: (kept) => {
      channel.setState(kept);
    },
  });
  waiting.replaceWith(view.element);
  for (const message of early) view.receive(message);
  early = [];
}

function isForLater({ kind }: ToSteerView): boolean {
  return kind === 'askSweep' || kind === 'fillDirection' || kind === 'directionFailed';
}
