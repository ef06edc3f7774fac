// What is done with each message of the steering view.
import { t } from '../../shared/l10n.ts';
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import type { FromSteerView, ToSteerView } from '../../shared/webviewProtocol.ts';
import { runCommand } from '../commands/commands.ts';
import type { KeptTexts } from '../comparison/keptTexts.ts';
import type { ReadDocument } from '../documents/readDocument.ts';
import { selectedTexts } from '../documents/selectedTexts.ts';
import type { SteerOrigin } from '../documents/steerOrigin.ts';
import type { LikelihoodSession } from '../views/likelihoodSession.ts';
import type { SteerSession } from '../views/steerSession.ts';
import type { SweepSession } from '../views/sweepSession.ts';
import type { WhenReady } from '../views/whenReady.ts';
import { askForDirectionFile } from './directionFiles.ts';
import { compareTexts, diffTexts } from './shownTexts.ts';
import type { SteerMemory } from './steerMemory.ts';

export interface SteerHandlerPorts {
  readonly session: SteerSession;
  readonly sweeps: SweepSession;
  readonly likelihoods: LikelihoodSession;
  readonly post: (message: ToSteerView) => void;
  readonly whenReady: WhenReady<ToSteerView>;
  /** Where texts are selected. */
  readonly reading: ReadDocument;
  readonly kept: KeptTexts;
  readonly memory: SteerMemory;
  /** Lets the user choose one of all features. */
  readonly search: () => Promise<FeatureRef | undefined>;
  /** A choice was made elsewhere: the focus comes back. */
  readonly reveal: () => void;
  /** Where the prompt came from. @throws MonosemError where that is closed */
  readonly origin: () => SteerOrigin;
  readonly remember: () => Promise<void>;
}

type Handlers = {
  readonly [K in FromSteerView['kind']]: (
    message: Extract<FromSteerView, { readonly kind: K }>,
  ) => unknown;
};

export function steerHandlers(ports: SteerHandlerPorts): (message: FromSteerView) => Promise<void> {
  const handlers: Handlers = {
    ...runHandlers(ports),
    ...featureHandlers(ports),
    ...directionHandlers(ports),
    ...textHandlers(ports),
  };
  return async (message) => {
    // The handler of a kind takes the messages of this kind.
    const handler = handlers[message.kind] as (message: FromSteerView) => unknown;
    await handler(message);
  };
}

type RunKind = 'ready' | 'run' | 'stop' | MeasuredKind | 'setLive';
type MeasuredKind = 'sweep' | 'stopSweep' | 'measureLikelihood' | 'stopLikelihood';

function runHandlers({
  session,
  sweeps,
  likelihoods,
  whenReady,
  memory,
  remember,
}: SteerHandlerPorts): Pick<Handlers, RunKind> {
  return {
    ready: () => {
      session.resend();
      whenReady.ready();
    },
    run: (request) => Promise.all([session.run(request), remember()]),
    stop: () => session.stop(),
    sweep: (request) => sweeps.sweep(request),
    stopSweep: () => sweeps.stop(),
    measureLikelihood: (request) => likelihoods.measure(request),
    stopLikelihood: () => likelihoods.stop(),
    setLive: ({ isLive }) => memory.setLive(isLive),
  };
}

function featureHandlers({
  session,
  post,
  search,
  reveal,
}: SteerHandlerPorts): Pick<Handlers, 'addFeature' | 'findFeature' | 'openFeature'> {
  return {
    addFeature: ({ sae, feature }) => session.addFeature({ sae, feature }),
    findFeature: async () => {
      const found = await search();
      reveal();
      if (found !== undefined) post({ kind: 'found', ...found });
    },
    openFeature: ({ sae, feature }) => runCommand('openFeature', feature, sae),
  };
}

function directionHandlers({
  session,
  post,
  reading,
  reveal,
  remember,
}: SteerHandlerPorts): Pick<Handlers, 'makeDirection' | 'takeSelection' | 'openDirectionFile'> {
  return {
    makeDirection: async ({ site, more, less }) => {
      await session.makeDirection({ more, less }, site);
      await remember();
    },
    takeSelection: ({ as }) => {
      const [text] = selectedTexts(reading);
      if (text !== undefined) post({ kind: 'fillDirection', [as]: text });
      else {
        const message = t('Nothing is selected: select a text in an editor, then take it.');
        post({ kind: 'directionFailed', message });
      }
    },
    openDirectionFile: async ({ site }) => {
      const file = await askForDirectionFile();
      reveal();
      // The view waits for an answer, also where nothing happened.
      if (file === undefined) post({ kind: 'directionFailed', message: '' });
      else await session.makeDirection({ file }, site);
      await remember();
    },
  };
}

function textHandlers({
  origin,
  kept,
  remember,
}: SteerHandlerPorts): Pick<Handlers, 'insert' | 'replace' | 'compare' | 'diff'> {
  return {
    insert: async ({ text }) => {
      await origin().insert(text);
      await remember();
    },
    replace: async ({ text }) => {
      await origin().replace(text);
      await remember();
    },
    compare: (texts) => compareTexts(texts, kept),
    diff: (texts) => diffTexts(texts, kept),
  };
}
