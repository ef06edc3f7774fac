// The steering panel: takes a text from an editor, shows what a steered model makes of it, and puts the result back
// where the text came from. The steering itself is in host/views/steerSession.ts.
import * as vscode from 'vscode';
import { runCommand } from '../host/commands.ts';
import { movedOffset, promptAround } from '../host/documents/steerPrompt.ts';
import { featureArgument } from '../host/featureArgument.ts';
import { showFailure } from '../host/failures/notifications.ts';
import { readOffset } from '../host/place.ts';
import type { Services } from '../host/services.ts';
import type { OpenSteering } from '../host/steering/openSteering.ts';
import { ToldContext } from '../host/toldContext.ts';
import { SteerSession, defaultSteerSettings } from '../host/views/steerSession.ts';
import type { SteerSnapshot, SteerStart } from '../host/views/steerSession.ts';
import {
  readEdits,
  readFeatureRef,
  readSteerSettings,
  readSteerViewMessage,
} from '../host/views/viewMessages.ts';
import { openChannel, viewRoots } from '../host/views/webviewPanel.ts';
import type { ViewChannel } from '../host/views/webviewPanel.ts';
import { contextKeys, steerPanel, textScheme } from '../shared/contributions.ts';
import { DisposableStore } from '../shared/disposable.ts';
import type { FeatureEdit } from '../shared/engineProtocol.ts';
import { MonosemError } from '../shared/errors.ts';
import { sameFeature } from '../shared/featureRef.ts';
import { t } from '../shared/l10n.ts';
import type { FromSteerView, SteeredTexts, ToSteerView } from '../shared/webviewProtocol.ts';

/** Where the session is remembered over a reload of the window. */
const memoryKey = 'monosem.steerSession';

/** Where a result is inserted: an offset that follows the edits of the document. */
interface Origin {
  readonly document: vscode.TextDocument;
  offset: number;
}

interface OpenPanel {
  readonly panel: vscode.WebviewPanel;
  readonly channel: ViewChannel<ToSteerView>;
  readonly session: SteerSession;
}

export class SteerPanel implements vscode.WebviewPanelSerializer, vscode.Disposable, OpenSteering {
  readonly #services: Services;
  readonly #lifetime = new DisposableStore();
  readonly #context = new ToldContext();
  #open: OpenPanel | undefined;
  #origin: Origin | undefined;

  constructor(services: Services) {
    this.#services = services;
    const { window, workspace } = vscode;
    this.#lifetime.add(window.registerWebviewPanelSerializer(steerPanel, this));
    this.#lifetime.add(workspace.onDidChangeTextDocument((event) => this.#follow(event)));
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
    await session.open(start);
    await this.#remember();
  }

  get snapshot(): SteerSnapshot | undefined {
    return this.#open?.session.snapshot;
  }

  /** Begins again here, in the panel that is open; nothing where none is. */
  async restore(start: SteerStart): Promise<void> {
    if (this.#open === undefined) return;
    this.#open.panel.reveal();
    await this.#open.session.open(start);
    await this.#remember();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    const start = readStart(this.#services.memory.get(memoryKey));
    if (start === undefined) {
      panel.dispose();
      return;
    }
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
    const { context, engine, briefs, source, log } = this.#services;
    panel.iconPath = vscode.Uri.joinPath(context.extensionUri, 'media', 'icon.svg');
    const session = new SteerSession(start, {
      engine,
      briefs,
      source,
      post: (message) => channel.post(message),
      canInsert: () => this.#origin !== undefined && !this.#origin.document.isClosed,
    });
    const channel = openChannel<FromSteerView, ToSteerView>(panel.webview, {
      extensionUri: context.extensionUri,
      app: 'steer',
      title: t('Steer'),
      read: readSteerViewMessage,
      onMessage: (message) => {
        this.#received(message, session).catch((error: unknown) => showFailure(error, log));
      },
      onMalformed: () => log.warn('The steering view sent a message that is not one.'),
    });
    const opened: OpenPanel = { panel, channel, session };
    this.#open = opened;
    this.#context.tell(contextKeys.isSteering, true);
    const closing = panel.onDidDispose(() => {
      closing.dispose();
      session.dispose();
      channel.dispose();
      if (this.#open !== opened) return;
      this.#open = undefined;
      this.#context.tell(contextKeys.isSteering, false);
    });
    return opened;
  }

  async #received(message: FromSteerView, session: SteerSession): Promise<void> {
    switch (message.kind) {
      case 'ready':
        session.resend();
        break;
      case 'run':
        await Promise.all([session.run(message), this.#remember()]);
        break;
      case 'stop':
        session.stop();
        break;
      case 'addFeature':
        await session.addFeature({ sae: message.sae, feature: message.feature });
        break;
      case 'openFeature':
        await runCommand('openFeature', message.feature, message.sae);
        break;
      case 'insert':
        await this.#insert(message.text);
        break;
      case 'compare':
        await this.#compare(message);
        break;
    }
  }

  /** Whole texts: a model reads a continuation behind its prompt. */
  async #compare({ prompt, baseline, steered }: SteeredTexts): Promise<void> {
    const kept = { baseline: prompt + baseline, steered: prompt + steered };
    const paths = this.#services.texts.keep(kept);
    const uriOf = (path: string): vscode.Uri => vscode.Uri.from({ scheme: textScheme, path });
    await runCommand('compareFeatures', uriOf(paths.baseline), uriOf(paths.steered));
  }

  /** One edit, hence undone at once. */
  async #insert(text: string): Promise<void> {
    const origin = this.#origin;
    if (origin === undefined || origin.document.isClosed) {
      throw new MonosemError(
        'badArgument',
        t(
          'The file the text came from is closed: open it and steer its selection again to insert.',
        ),
      );
    }
    const { document, offset } = origin;
    const position = document.positionAt(offset);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, position, text);
    if (!(await vscode.workspace.applyEdit(edit))) {
      throw new MonosemError(
        'badArgument',
        t(
          '{0} could not be edited: make it writable, or copy the continuation instead.',
          document.fileName,
        ),
      );
    }
    const end = document.positionAt(document.offsetAt(position) + text.length);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.One,
      selection: new vscode.Range(position, end),
    });
    editor.revealRange(new vscode.Range(position, end));
  }

  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const origin = this.#origin;
    if (origin?.document !== document) return;
    for (const { rangeOffset, rangeLength, text } of contentChanges) {
      const change = { offset: rangeOffset, removed: rangeLength, inserted: text.length };
      origin.offset = movedOffset(origin.offset, change);
    }
  }

  async #remember(): Promise<void> {
    await this.#services.memory.update(memoryKey, this.#open?.session.start);
  }
}

/** The selected text, or what stands around the cursor; `undefined` if that is nothing. */
function takePrompt(
  { document, selection }: vscode.TextEditor,
  cursor = document.offsetAt(selection.end),
): { readonly prompt: string; readonly origin: Origin } | undefined {
  const { prompt, end } = selection.isEmpty
    ? promptAround(document.getText(), cursor)
    : { prompt: document.getText(selection), end: document.offsetAt(selection.end) };
  return prompt.trim() === '' ? undefined : { prompt, origin: { document, offset: end } };
}

/** What an earlier window stored, perhaps written by another version. */
function readStart(stored: unknown): SteerStart | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const { prompt, features, edits, settings } = stored as Readonly<Record<string, unknown>>;
  const readable = {
    edits: readEdits(edits) ?? [],
    settings: readSteerSettings(settings) ?? defaultSteerSettings,
    features: (Array.isArray(features) ? features : [])
      .map(readFeatureRef)
      .filter((ref) => ref !== undefined),
  };
  return typeof prompt === 'string' && prompt.trim() !== '' ? { prompt, ...readable } : undefined;
}
