// “Models and SAEs”: what is in use, open and downloaded. Looking at it opens nothing and does not start the engine.
import * as vscode from 'vscode';
import { modelsList } from '../../host/display/modelsList.ts';
import type { Known } from '../../host/hub/choices.ts';
import { knownOf } from '../../host/hub/questions.ts';
import type { Services } from '../../host/services.ts';
import { onDidChangeSettings } from '../../host/settings.ts';
import type { FileEntry, FileNode } from '../../host/trees/fileEntry.ts';
import { modelsFacts } from '../../host/trees/modelsFacts.ts';
import { quietList } from '../../host/trees/quietList.ts';
import type { QuietUpdates } from '../../host/trees/quietUpdates.ts';
import { treeItem } from '../../host/trees/treeItem.ts';
import { modelsView } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { messageOf } from '../../shared/errors.ts';

/** How soon the list follows, in milliseconds: what somebody chose, and what an analysis has opened. */
const soon = 50;
const calmly = 1000;

export class ModelsTree implements vscode.TreeDataProvider<FileEntry>, vscode.Disposable {
  readonly #services: Services;
  readonly #lifetime = new DisposableStore();
  readonly #changed = this.#lifetime.add(new vscode.EventEmitter<undefined>());
  readonly #updates: QuietUpdates;
  #nodes: readonly FileNode[] = [];
  /** Somebody wants to see downloads: for them, the engine is started. */
  #asksForDownloads = false;
  /** As far as somebody has asked for them, or the engine ran anyway. */
  #known: Known | undefined;
  /** Why the model in use could not be opened. */
  #failure: string | undefined;

  constructor(services: Services) {
    this.#services = services;
    const { updates } = quietList(this, this.#lifetime, {
      id: modelsView,
      update: (signal) => this.#update(signal),
      onFailure: (error) => services.log.error(`Models and SAEs: ${messageOf(error)}`),
    });
    this.#updates = updates;
    this.#listen();
    this.#updates.within(0);
  }

  readonly onDidChangeTreeData = this.#changed.event;

  getTreeItem(entry: FileEntry): vscode.TreeItem {
    return treeItem(entry);
  }

  getChildren(parent?: FileEntry): FileEntry[] {
    const nodes = parent === undefined ? this.#nodes : below(this.#nodes, parent.id);
    return nodes.map(({ entry }) => entry);
  }

  /** Looks again, also for downloads, for which the engine is started if need be. */
  refresh(): void {
    this.#asksForDownloads = true;
    this.#updates.now();
  }

  /** Files came or went. */
  filesChanged(): void {
    this.#updates.within(soon);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #listen(): void {
    const { analyses, engine, model, saeChecks, shownSae, view } = this.#services;
    const updateSoon = (): void => this.#updates.within(soon);
    for (const event of [model, shownSae, view]) this.#lifetime.add(event.onDidChange(updateSoon));
    this.#lifetime.add(saeChecks.onDidFinish(updateSoon));
    this.#lifetime.add(engine.onDidChangeState(updateSoon));
    this.#lifetime.add(
      onDidChangeSettings((names) => {
        if (names.includes('model') || names.includes('modelVariant')) this.#failure = undefined;
        updateSoon();
      }),
    );
    this.#lifetime.add(analyses.onDidChange((uri) => this.#analysisChanged(uri)));
  }

  #analysisChanged(uri: vscode.Uri): void {
    const state = this.#services.analyses.of(uri)?.state;
    if (state?.kind === 'failed') this.#failure = state.reason.message;
    else if (state?.kind === 'ready') this.#failure = undefined;
    else return;
    this.#updates.within(calmly);
  }

  async #update(signal: AbortSignal): Promise<void> {
    await this.#learn();
    const earlier = { known: this.#known, failure: this.#failure };
    const nodes = modelsList(await modelsFacts(this.#services, earlier));
    if (signal.aborted) return;
    // All of it is plain data.
    const isSame = JSON.stringify(nodes) === JSON.stringify(this.#nodes);
    this.#nodes = nodes;
    if (!isSame) this.#changed.fire(undefined);
  }

  async #learn(): Promise<void> {
    const { engine, log } = this.#services;
    if (engine.state !== 'running' && !this.#asksForDownloads) return;
    this.#asksForDownloads = false;
    try {
      this.#known = await knownOf(this.#services);
    } catch (error) {
      log.warn(`Downloads are not listed: ${messageOf(error)}`);
    }
  }
}

function below(nodes: readonly FileNode[], id: string): readonly FileNode[] {
  for (const node of nodes) {
    if (node.entry.id === id) return node.below;
    const found = below(node.below, id);
    if (found.length > 0) return found;
  }
  return [];
}
