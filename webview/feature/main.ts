// The feature view: a narrow side panel about one feature. It shows what the host sends and asks for other features;
// it computes nothing.
import type { FromFeatureView, ToFeatureView } from '../../src/shared/webviewProtocol.ts';
import type { SaePlace } from '../../src/shared/engineProtocol.ts';
import type { FeatureIndex } from '../../src/shared/units.ts';
import { connect } from '../common/channel.ts';
import { element } from '../common/element.ts';
import { busyNotice, failureNotice, hintNotice } from '../common/notice.ts';
import { speakUsersLanguage } from '../common/translation.ts';
import './feature.css';
import { navigation } from './navigation.ts';
import { summaryView } from './summary.ts';
import { panelWords } from './words.ts';

interface Arrangement {
  readonly isFullContext: boolean;
}

speakUsersLanguage();
const app = document.getElementById('app') ?? document.body;
const channel = connect<ToFeatureView, FromFeatureView, Arrangement>();
let isFullContext = channel.getState()?.isFullContext === true;

/** Whose feature is shown; another one that is asked for here is one of the same SAE. */
let sae: SaePlace | undefined;

const open = (feature: FeatureIndex): void => {
  channel.post({ kind: 'openFeature', feature, ...(sae !== undefined && { sae }) });
};
const head = navigation(open);
const content = element('div', { class: 'content' });
app.append(head.element, content);

channel.onMessage((message) => {
  content.replaceChildren(contentOf(message));
});
channel.post({ kind: 'ready' });

function contentOf(message: ToFeatureView): HTMLElement {
  switch (message.kind) {
    case 'empty':
      sae = undefined;
      head.show(undefined);
      return hintNotice(message.hint);
    case 'loading':
      sae = message.sae;
      head.show(message);
      return busyNotice(panelWords(sae).lookingUp(message.feature));
    case 'failed':
      sae = message.sae;
      head.show(message);
      return failureNotice(message.message);
    case 'feature':
      window.scrollTo(0, 0);
      sae = message.sae;
      head.show({ sae, feature: message.summary.feature });
      return summaryView({
        state: message,
        isFullContext,
        onFullContext: (isFull) => {
          isFullContext = isFull;
          channel.setState({ isFullContext });
        },
        onSteer: () => {
          const { sae: owner, summary } = message;
          channel.post({ kind: 'steerFeature', sae: owner, feature: summary.feature });
        },
      });
  }
}
