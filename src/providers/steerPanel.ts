// The steering panel: takes a text from an editor, shows what a steered model makes of it, and puts the result back
// where the text came from. The steering itself is in host/views/steerSession.ts.
import * as vscode from 'vscode';
import { runCommand } from '../host/commands.ts';
import { SteerOrigin, closedFile, restoreOrigin } from '../host/documents/steerOrigin.ts';
import { promptAround } from '../host/documents/steerPrompt.ts';
import { featureArgument } from '../host/featureArgument.ts';
import { showFailure } from '../host/failures/notifications.ts';
import { readOffset } from '../host/place.ts';
import type { Services } from '../host/services.ts';
import type { OpenSteering } from '../host/steering/openSteering.ts';
import { ToldContext } from '../host/toldContext.ts';
import { LikelihoodSession } from '../host/views/likelihoodSession.ts';
import { SteerSession, defaultSteerSettings } from '../host/views/steerSession.ts';
import type { SteerSnapshot, SteerStart } from '../host/views/steerSession.ts';
import { SweepSession } from '../host/views/sweepSession.ts';
import { readEdits, readScope, readSteerSettings } from '../host/views/steerEdits.ts';
import { readSteerViewMessage } from '../host/views/steerMessages.ts';
import { fieldsOf, readFeatureRef } from '../host/views/viewMessages.ts';
import { openChannel, viewRoots } from '../host/views/webviewPanel.ts';
import type { ViewChannel } from '../host/views/webviewPanel.ts';
import { contextKeys, steerPanel, textScheme } from '../shared/contributions.ts';
import { DisposableStore } from '../shared/disposable.ts';
import { withScope } from '../shared/editScope.ts';
import type { FeatureEdit, FeatureRef } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';
import { sameFeature } from '../shared/featureRef.ts';
import { t } from '../shared/l10n.ts';
import type { FromSteerView, SteeredTexts, ToSteerView } from '../shared/webviewProtocol.ts';

/** Where the session is remembered over a reload of the window. */
const memoryKey = 'monosem.steerSession';
/** Where its prompt came from. */
const originKey = 'monosem.steerOrigin';
/** Whether changes run by themselves. */
const liveKey = 'monosem.steerLive';

/** What is done with each message of the view. */
type Handlers = {
  readonly [K in FromSteerView['kind']]: (
    message: Extract<FromSteerView, { readonly kind: K }>,
  ) => unknown;
};

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly channel: ViewChannel<ToSteerView>;
  readonly session: SteerSession;
  readonly sweeps: SweepSession;
  readonly likelihoods: LikelihoodSession;
}

export class SteerPanel implements vscode.WebviewPanelSerializer, vscode.Disposable, OpenSteering {
  readonly #services: Services;
  readonly #search: () => Promise<FeatureRef | undefined>;
  readonly #lifetime = new DisposableStore();
  readonly #context = new ToldContext();
  #open: OpenPanel | undefined;
  #origin: SteerOrigin | undefined;
  /** A view that is being loaded is to open a sweep. */
  #asksSweep = false;

  /** @param search lets the user choose one of all features */
  constructor(services: Services, search: () => Promise<FeatureRef | undefined>) {
    this.#services = services;
    this.#search = search;
    const { window, workspace } = vscode;
    this.#lifetime.add(window.registerWebviewPanelSerializer(steerPanel, this));
    this.#lifetime.add(workspace.onDidChangeTextDocument((event) => this.#origin?.follow(event)));
  }

  /**
   * Opens the panel on the selection of the active editor, or on the text before its cursor.
   * @param requested a feature to put first on the list: that of a hover's link, or an entry of a list
   * @param sae the SAE the feature belongs to; left out, the painted one
   * @param place offset to take for the cursor, where something was pointed at
   * @param edits to begin with, beside those that are made
   */
  async steerSelection(
    requested?: unknown,
    sae?: unknown,
    place?: unknown,
    edits: readonly FeatureEdit[] = [],
  ): Promise<void> {
    const wanted = await featureArgument(this.#services.shownSae, requested, sae);
    const features = wanted === undefined ? [] : [wanted];
    if (features[0] !== undefined && edits.length === 0 && this.#open !== undefined) {
      this.#open.panel.reveal();
      await this.#open.session.addFeature(features[0]);
      return;
    }
    const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
    const taken = editor === undefined ? undefined : takePrompt(editor, readOffset(place));
    if (taken === undefined) {
      throw new MonosemError(
        'emptyText',
        t('There is no text to steer: select some in an editor, or put the cursor behind some.'),
      );
    }
    this.#origin = taken.origin;
    const { edits: made, settings } = this.#open?.session.start ?? {
      edits: [],
      settings: defaultSteerSettings,
    };
    const others = made.filter((edit) => !edits.some((each) => sameFeature(each, edit)));
    const start: SteerStart = {
      ...{ prompt: taken.prompt, features, settings },
      edits: [...others, ...edits],
    };
    const { panel, session } = this.#open ?? this.#create(start);
    panel.reveal();
    await session.open(start, edits.length > 0);
    await this.#remember();
  }

  get snapshot(): SteerSnapshot | undefined {
    return this.#open?.session.snapshot;
  }

  /** Begins again here, in the panel that is open; nothing where none is. */
  async restore(start: SteerStart): Promise<void> {
    if (this.#open === undefined) return;
    this.#open.panel.reveal();
    await this.#open.session.open(start, true);
    await this.#remember();
  }

  /** Opens the sweep of the edit at hand, and the panel before that where there is none. */
  async sweepStrength(): Promise<void> {
    if (this.#open === undefined) {
      this.#asksSweep = true;
      await this.steerSelection();
      return;
    }
    this.#open.panel.reveal();
    this.#open.channel.post({ kind: 'askSweep' });
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    const start = readStart(this.#services.memory.get(memoryKey));
    if (start === undefined) {
      panel.dispose();
      return;
    }
    this.#origin = await restoreOrigin(this.#services.memory.get(originKey));
    await this.#attach(panel, start).session.open(start);
  }

  dispose(): void {
    this.#open?.panel.dispose();
    this.#lifetime.dispose();
  }

  #create(start: SteerStart): OpenPanel {
    const { extensionUri } = this.#services.context;
    const panel = vscode.window.createWebviewPanel(
      steerPanel,
      t('Steer'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false },
      {
        enableScripts: true,
        localResourceRoots: [...viewRoots(extensionUri)],
        // A run goes on, and its steps arrive, while another tab is in front.
        retainContextWhenHidden: true,
      },
    );
    return this.#attach(panel, start);
  }

  #attach(panel: vscode.WebviewPanel, start: SteerStart): OpenPanel {
    const { context, engine, briefs, source, log, memory } = this.#services;
    panel.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'icon.svg');
    const post = (message: ToSteerView): void => channel.post(message);
    const session = new SteerSession(start, {
      engine,
      briefs,
      source,
      post,
      canInsert: () => this.#origin?.canInsert === true,
      canReplace: () => this.#origin?.canReplace === true,
      isLive: () => memory.get(liveKey) !== false,
    });
    const channel = openChannel<FromSteerView, ToSteerView>(panel.webview, {
      extensionUri: context.extensionUri,
      app: 'steer',
      title: t('Steer'),
      read: readSteerViewMessage,
      onMessage: (message) => {
        handle(message, handlers).catch((error: unknown) => showFailure(error, log));
      },
      onMalformed: () => log.warn('The steering view sent a message that is not one.'),
    });
    const sweeps = new SweepSession({ engine, source, post });
    const likelihoods = new LikelihoodSession({ engine, source, post });
    const opened: OpenPanel = { panel, channel, session, sweeps, likelihoods };
    const handlers = this.#handlers(opened);
    this.#open = opened;
    this.#context.tell(contextKeys.isSteering, true);
    const closing = panel.onDidDispose(() => {
      closing.dispose();
      session.dispose();
      sweeps.dispose();
      likelihoods.dispose();
      channel.dispose();
      if (this.#open !== opened) return;
      this.#open = undefined;
      this.#context.tell(contextKeys.isSteering, false);
    });
    return opened;
  }

  #handlers({ session, sweeps, likelihoods, channel }: OpenPanel): Handlers {
    const { memory } = this.#services;
    return {
      ready: () => {
        session.resend();
        if (this.#asksSweep) channel.post({ kind: 'askSweep' });
        this.#asksSweep = false;
      },
      run: (request) => Promise.all([session.run(request), this.#remember()]),
      stop: () => session.stop(),
      sweep: (request) => sweeps.sweep(request),
      stopSweep: () => sweeps.stop(),
      measureLikelihood: (request) => likelihoods.measure(request),
      stopLikelihood: () => likelihoods.stop(),
      addFeature: ({ sae, feature }) => session.addFeature({ sae, feature }),
      findFeature: async () => {
        const found = await this.#search();
        // The choice was made elsewhere: the focus comes back.
        this.#open?.panel.reveal();
        if (found !== undefined) channel.post({ kind: 'found', ...found });
      },
      openFeature: ({ sae, feature }) => runCommand('openFeature', feature, sae),
      setLive: ({ isLive }) => memory.update(liveKey, isLive),
      insert: ({ text }) =>
        this.#openOrigin()
          .insert(text)
          .then(() => this.#remember()),
      replace: ({ text }) =>
        this.#openOrigin()
          .replace(text)
          .then(() => this.#remember()),
      compare: (texts) => {
        const { baseline, steered } = this.#keep(texts);
        return runCommand('compareFeatures', baseline, steered);
      },
      diff: (texts) => {
        const { baseline, steered } = this.#keep(texts);
        const title = `${t('Baseline')} ↔ ${t('Steered')}`;
        return vscode.commands.executeCommand('vscode.diff', baseline, steered, title);
      },
    };
  }

  #openOrigin(): SteerOrigin {
    if (this.#origin === undefined) throw closedFile();
    return this.#origin;
  }

  /** Whole texts as documents: a model reads a continuation behind its prompt. */
  #keep({ prompt, baseline, steered }: SteeredTexts): Record<'baseline' | 'steered', vscode.Uri> {
    const kept = { baseline: prompt + baseline, steered: prompt + steered };
    const paths = this.#services.texts.keep(kept);
    const uriOf = (path: string): vscode.Uri => vscode.Uri.from({ scheme: textScheme, path });
    return { baseline: uriOf(paths.baseline), steered: uriOf(paths.steered) };
  }

  async #remember(): Promise<void> {
    const { memory } = this.#services;
    await memory.update(memoryKey, this.#open?.session.start);
    await memory.update(originKey, this.#origin?.kept);
  }
}

async function handle(message: FromSteerView, handlers: Handlers): Promise<void> {
  // The handler of a kind takes the messages of this kind.
  const handler = handlers[message.kind] as (message: FromSteerView) => unknown;
  await handler(message);
}

/** The selected text, or what stands around the cursor; `undefined` if that is nothing. */
function takePrompt(
  { document, selection }: vscode.TextEditor,
  cursor = document.offsetAt(selection.end),
): { readonly prompt: string; readonly origin: SteerOrigin } | undefined {
  if (selection.isEmpty) {
    const { prompt, end } = promptAround(document.getText(), cursor);
    return prompt.trim() === ''
      ? undefined
      : { prompt, origin: new SteerOrigin({ document, end }) };
  }
  const prompt = document.getText(selection);
  const [start, end] = [document.offsetAt(selection.start), document.offsetAt(selection.end)];
  return prompt.trim() === ''
    ? undefined
    : { prompt, origin: new SteerOrigin({ document, start, end }) };
}

/** What an earlier window stored, perhaps written by another version. */
function readStart(stored: unknown): SteerStart | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { prompt, features, edits, settings } = stored as Readonly<Record<string, unknown>>;
  // Until positions belonged to edits there was one scope for all of them.
  const scope = readScope(fieldsOf(settings)?.['scope']);
  const known = readEdits(edits) ?? [];
  const readable = {
    edits: scope === undefined ? known : withScope(known, scope),
    settings: readSteerSettings(settings) ?? defaultSteerSettings,
    features: (Array.isArray(features) ? features : [])
      .map(readFeatureRef)
      .filter((ref) => ref !== undefined),
  };
  return typeof prompt === 'string' && prompt.trim() !== '' ? { prompt, ...readable } : undefined;
}
