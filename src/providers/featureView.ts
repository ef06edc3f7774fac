// The side panel with the top-activating examples of one feature. It answers the view with complete snapshots, so a
// view that was hidden or reloaded is up to date as soon as it says it is ready.
import * as vscode from 'vscode';
import { runCommand } from '../host/commands/commands.ts';
import { featureArgument } from '../host/commands/featureArgument.ts';
import type { Services } from '../host/services.ts';
import { onDidChangeSettings } from '../host/settings.ts';
import { readFeatureRef, readFeatureViewMessage } from '../host/views/viewMessages.ts';
import { openChannel } from '../host/views/webviewPanel.ts';
import type { ViewChannel } from '../host/views/webviewPanel.ts';
import { featureView } from '../shared/contributions.ts';
import { DisposableStore } from '../shared/disposable.ts';
import type { FeatureRef } from '../shared/engineProtocol.ts';
import { MonosemError, messageOf } from '../shared/errors.ts';
import { isNeuron } from '../shared/featureName.ts';
import { saeLabels } from '../shared/featureRef.ts';
import { t } from '../shared/l10n.ts';
import type { FromFeatureView, ToFeatureView } from '../shared/webviewProtocol.ts';

const exampleLimit = 20;
/** Where the shown feature is remembered over a reload of the window. */
const memoryKey = 'monosem.shownFeature';

export class FeatureView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #services: Services;
  readonly #lifetime = new DisposableStore();
  #view: vscode.WebviewView | undefined;
  #channel: ViewChannel<ToFeatureView> | undefined;
  #snapshot: ToFeatureView = nothingChosen();
  #shown: FeatureRef | undefined;
  #abort = new AbortController();

  constructor(services: Services) {
    this.#services = services;
    this.#lifetime.add(
      onDidChangeSettings((names) => {
        if (names.includes('model')) this.#forget();
        else if (names.includes('saes')) void this.#forgetIfGone();
      }),
    );
    this.#shown = readFeatureRef(services.memory.get(memoryKey));
    this.#lifetime.add(vscode.window.registerWebviewViewProvider(featureView, this));
  }

  /**
   * Reveals the panel and shows a feature in it.
   * @param requested the feature, by its number or as an entry of a list; anything else asks for one
   * @param sae the SAE it belongs to; left out, the painted one
   * @throws MonosemError `badArgument` when that SAE is not active
   */
  async open(
    requested: unknown,
    sae: unknown,
    ask: () => Promise<FeatureRef | undefined>,
  ): Promise<void> {
    const named = await featureArgument(this.#services.shownSae, requested, sae);
    const ref = named ?? (await ask());
    if (ref === undefined) return;
    this.#shown = ref;
    await this.#services.collection.look(ref);
    await this.#services.memory.update(memoryKey, ref);
    await vscode.commands.executeCommand(`${featureView}.focus`);
    await this.#load(ref);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const channel = openChannel<FromFeatureView, ToFeatureView>(view.webview, {
      extensionUri: this.#services.context.extensionUri,
      app: 'feature',
      title: t('Feature'),
      read: readFeatureViewMessage,
      onMessage: (message) => this.#received(message),
      onMalformed: () =>
        this.#services.log.warn('The feature view sent a message that is not one.'),
    });
    this.#view = view;
    this.#channel = channel;
    const closing = view.onDidDispose(() => {
      closing.dispose();
      channel.dispose();
      if (this.#channel !== channel) return;
      this.#channel = undefined;
      this.#view = undefined;
    });
  }

  /** Other SAEs are active: the feature stays if its SAE does. */
  async #forgetIfGone(): Promise<void> {
    const saes = await this.#services.model.findSaes();
    if (this.#shown !== undefined && !saes.includes(this.#shown.sae)) this.#forget();
  }

  /** Another model: the same number is another feature now. */
  #forget(): void {
    this.#shown = undefined;
    this.#abort.abort();
    this.#post(nothingChosen());
  }

  dispose(): void {
    this.#abort.abort();
    this.#channel?.dispose();
    this.#lifetime.dispose();
  }

  #received(message: FromFeatureView): void {
    switch (message.kind) {
      case 'ready':
        this.#ready();
        break;
      case 'openFeature':
        void runCommand('openFeature', message.feature, message.sae);
        break;
      case 'steerFeature':
        void runCommand('steerSelection', message.feature, message.sae);
        break;
    }
  }

  #ready(): void {
    this.#post(this.#snapshot);
    if (this.#snapshot.kind === 'empty' && this.#shown !== undefined) void this.#load(this.#shown);
  }

  async #load(ref: FeatureRef): Promise<void> {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const { sae, feature } = ref;
    this.#post({ kind: 'loading', sae, feature });
    const { engine, log } = this.#services;
    try {
      const source = await this.#services.source();
      if (!source.saes.includes(sae)) {
        // What an earlier window remembers need not be active any more.
        this.#forget();
        return;
      }
      const [summary, { saes }] = await Promise.all([
        engine.call('feature', { source, ...ref, exampleLimit }, { signal }),
        engine.call('describe', { source }, { signal }),
      ]);
      if (signal.aborted) return;
      const { name, site } = saes.find((each) => each.sae === sae) ?? { name: sae, site: '' };
      const saeLabel = saes.length > 1 ? saeLabels(saes).get(sae) : undefined;
      const state = { kind: 'feature', sae, summary, saeName: name, site } as const;
      this.#post({ ...state, ...(saeLabel !== undefined && { saeLabel }) });
    } catch (error) {
      if (signal.aborted || MonosemError.is(error, 'cancelled')) return;
      log.error(messageOf(error));
      this.#post({ kind: 'failed', message: messageOf(error), sae, feature });
    }
  }

  /** VS Code shows the title above the panel. */
  #entitle(): void {
    if (this.#view === undefined) return;
    const isOfNeuron = this.#shown !== undefined && isNeuron(this.#shown);
    this.#view.title = isOfNeuron ? t('Neuron') : t('Feature');
  }

  #post(snapshot: ToFeatureView): void {
    this.#snapshot = snapshot;
    this.#entitle();
    this.#channel?.post(snapshot);
  }
}

function nothingChosen(): ToFeatureView {
  return {
    kind: 'empty',
    hint: t(
      'Point at a coloured token and choose one of its features, or open a feature by its number.',
    ),
  };
}
