// The steering panel: takes a text from an editor, shows what a steered model makes of it, and puts the result back
// where the text came from. The steering itself is in host/views/steerSession.ts.
import * as vscode from 'vscode';
import { selectedTexts } from '../host/documents/selectedTexts.ts';
import { closedFile, restoreOrigin, type SteerOrigin } from '../host/documents/steerOrigin.ts';
import { takePrompt, type TakenPrompt } from '../host/documents/takePrompt.ts';
import { featureArgument } from '../host/commands/featureArgument.ts';
import { showFailure } from '../host/failures/notifications.ts';
import { readOffset } from '../host/commands/place.ts';
import type { Services } from '../host/services.ts';
import { Directions } from '../host/steering/directions.ts';
import type { OpenSteering } from '../host/steering/openSteering.ts';
import { steerHandlers } from '../host/steering/steerHandlers.ts';
import { SteerMemory } from '../host/steering/steerMemory.ts';
import { ToldContext } from '../host/toldContext.ts';
import { LikelihoodSession } from '../host/views/likelihoodSession.ts';
import { SteerSession } from '../host/views/steerSession.ts';
import { startOn, type SteerSnapshot, type SteerStart } from '../host/views/steerStart.ts';
import { SweepSession } from '../host/views/sweepSession.ts';
import { readSteerViewMessage } from '../host/views/steerMessages.ts';
import { WhenReady } from '../host/views/whenReady.ts';
import { openChannel, viewRoots } from '../host/views/webviewPanel.ts';
import type { ViewChannel } from '../host/views/webviewPanel.ts';
import { contextKeys, steerPanel } from '../shared/contributions.ts';
import { DisposableStore } from '../shared/disposable.ts';
import type { FeatureEdit, FeatureRef, NamedDirection } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';
import { t } from '../shared/l10n.ts';
import type { FromSteerView, ToSteerView } from '../shared/webviewProtocol.ts';

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly channel: ViewChannel<ToSteerView>;
  readonly session: SteerSession;
  readonly sweeps: SweepSession;
  readonly likelihoods: LikelihoodSession;
  readonly whenReady: WhenReady<ToSteerView>;
}

export class SteerPanel implements vscode.WebviewPanelSerializer, vscode.Disposable, OpenSteering {
  readonly #services: Services;
  readonly #search: () => Promise<FeatureRef | undefined>;
  readonly #lifetime = new DisposableStore();
  readonly #context = new ToldContext();
  readonly #memory: SteerMemory;
  #open: OpenPanel | undefined;
  #origin: SteerOrigin | undefined;

  /** @param search lets the user choose one of all features */
  constructor(services: Services, search: () => Promise<FeatureRef | undefined>) {
    this.#services = services;
    this.#search = search;
    this.#memory = new SteerMemory(services.memory);
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
    const taken = takeFromEditor(place);
    this.#origin = taken.origin;
    const asked = { prompt: taken.prompt, features, edits };
    const start = startOn(asked, this.#open?.session.start);
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
    (await this.#reveal())?.whenReady.tell({ kind: 'askSweep' });
  }

  /**
   * Makes a direction of two selections: towards the one made first, away from the other; the panel opens where there is
   * none. Without a second one its form is filled with the first.
   * @returns what was made
   */
  async steerBetween(): Promise<NamedDirection | undefined> {
    const [more, less] = selectedTexts(this.#services.reading);
    const { session, whenReady } = (await this.#reveal()) ?? {};
    if (more === undefined || less === undefined) {
      whenReady?.tell({ kind: 'fillDirection', ...(more !== undefined && { more }) });
      return undefined;
    }
    const made = await session?.makeDirection({ more, less });
    await this.#remember();
    return made;
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    const { start } = this.#memory;
    if (start === undefined) {
      panel.dispose();
      return;
    }
    this.#origin = await restoreOrigin(this.#memory.origin);
    await this.#attach(panel, start).session.open(start);
  }

  dispose(): void {
    this.#open?.panel.dispose();
    this.#lifetime.dispose();
  }

  /** The open panel in front, on what is to be steered where there was none. */
  async #reveal(): Promise<OpenPanel | undefined> {
    if (this.#open === undefined) await this.steerSelection();
    else this.#open.panel.reveal();
    return this.#open;
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
    const { context, engine, briefs, shownSae, source, log } = this.#services;
    const { reading, texts: kept } = this.#services;
    panel.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'icon.svg');
    const post = (message: ToSteerView): void => channel.post(message);
    const whenReady = new WhenReady(post);
    const directions = new Directions({ engine, model: source });
    const session = new SteerSession(start, {
      ...{ engine, briefs, directions, source, post },
      painted: () => shownSae.current,
      tell: (message) => whenReady.tell(message),
      canInsert: () => this.#origin?.canInsert === true,
      canReplace: () => this.#origin?.canReplace === true,
      isLive: () => this.#memory.isLive,
    });
    const channel = openChannel<FromSteerView, ToSteerView>(panel.webview, {
      extensionUri: context.extensionUri,
      app: 'steer',
      title: t('Steer'),
      read: readSteerViewMessage,
      onMessage: (message) => {
        handlers(message).catch((error: unknown) => showFailure(error, log));
      },
      onMalformed: () => log.warn('The steering view sent a message that is not one.'),
    });
    const ports = { engine, source, directions, post };
    const sweeps = new SweepSession(ports);
    const likelihoods = new LikelihoodSession(ports);
    const opened: OpenPanel = { panel, channel, session, sweeps, likelihoods, whenReady };
    const handlers = steerHandlers({
      ...{ session, sweeps, likelihoods, whenReady, post },
      ...{ reading, kept, memory: this.#memory, search: this.#search },
      reveal: () => {
        if (this.#open === opened) panel.reveal();
      },
      origin: () => this.#openOrigin(),
      remember: () => this.#remember(),
    });
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

  #openOrigin(): SteerOrigin {
    if (this.#origin === undefined) throw closedFile();
    return this.#origin;
  }

  async #remember(): Promise<void> {
    await this.#memory.keep(this.#open?.session.start, this.#origin?.kept);
  }
}

/** @throws MonosemError `emptyText` where there is nothing to steer */
function takeFromEditor(place: unknown): TakenPrompt {
  const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
  const taken = editor && takePrompt(editor, readOffset(place));
  if (taken !== undefined) return taken;
  throw new MonosemError(
    'emptyText',
    t('There is no text to steer: select some in an editor, or put the cursor behind some.'),
  );
}
