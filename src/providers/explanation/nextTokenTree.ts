// “Next Token”: why the model expects what it expects in one place. It stands still until somebody asks again; that the
// text has changed since is said above it.
import * as vscode from 'vscode';
import { explanationNodes } from '../../host/display/explanation/explanationEntries.ts';
import type { ExplanationNode } from '../../host/display/explanation/explanationEntries.ts';
import { oneLine } from '../../host/display/oneLine.ts';
import type { ExplainedNextToken } from '../../host/explanation/nextTokenExplanation.ts';
import type { Services } from '../../host/services.ts';
import { onDidChangeSettings } from '../../host/settings.ts';
import { ToldContext } from '../../host/toldContext.ts';
import { fileFeaturePorts, learnFeatures, listedSaes } from '../../host/trees/fileFeaturePorts.ts';
import { quietList } from '../../host/trees/quietList.ts';
import type { QuietUpdates } from '../../host/trees/quietUpdates.ts';
import { looksLike } from '../../host/trees/treeEntry.ts';
import type { TreeEntry } from '../../host/trees/treeEntry.ts';
import { treeItem } from '../../host/trees/treeItem.ts';
import { contextKeys, nextTokenView } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

/** How soon the list follows, in milliseconds. */
const soon = 20;
/** End of the text that is named beside the title, in UTF-16 units. */
const namedEnd = 24;

export class NextTokenTree implements vscode.TreeDataProvider<TreeEntry>, vscode.Disposable {
  readonly #services: Services;
  readonly #context = new ToldContext();
  readonly #lifetime = new DisposableStore();
  readonly #changed = this.#lifetime.add(new vscode.EventEmitter<undefined>());
  readonly #updates: QuietUpdates;
  readonly #view: vscode.TreeView<TreeEntry>;
  #nodes: readonly ExplanationNode[] = [];

  constructor(services: Services) {
    this.#services = services;
    const { view, updates } = quietList(this, this.#lifetime, {
      id: nextTokenView,
      update: (signal) => this.#update(signal),
      onFailure: (error) => services.log.error(`Next token: ${messageOf(error)}`),
      showCollapseAll: true,
    });
    this.#view = view;
    this.#updates = updates;
    const { collection, explanation, model } = services;
    const followSoon = (): void => this.#updates.within(soon);
    this.#lifetime.add(explanation.onDidChange(() => this.#follow()));
    for (const event of [collection, model]) this.#lifetime.add(event.onDidChange(followSoon));
    this.#lifetime.add(onDidChangeSettings(followSoon));
  }

  readonly onDidChangeTreeData = this.#changed.event;

  getTreeItem(entry: TreeEntry): vscode.TreeItem {
    return treeItem(entry);
  }

  getChildren(parent?: TreeEntry): TreeEntry[] {
    if (parent === undefined) return this.#nodes.map(({ entry }) => entry);
    return [...(this.#nodes.find(({ entry }) => entry.id === parent.id)?.below ?? [])];
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #follow(): void {
    const { current } = this.#services.explanation;
    this.#context.tell(contextKeys.hasExplanation, current !== undefined);
    this.#view.description = current === undefined ? '' : t('behind “{0}”', endOf(current.text));
    this.#view.message = current?.isStale === true ? staleMessage() : '';
    this.#updates.now();
  }

  async #update(signal: AbortSignal): Promise<void> {
    const { current } = this.#services.explanation;
    if (current === undefined) return;
    await learnFeatures(this.#services, current.effects.effects);
    if (signal.aborted) return;
    const nodes = this.#nodesOf(current);
    const isSame = looksLike(allOf(nodes), allOf(this.#nodes));
    this.#nodes = nodes;
    if (!isSame) this.#changed.fire(undefined);
  }

  #nodesOf({ document, place, effects, isStale }: ExplainedNextToken): readonly ExplanationNode[] {
    const { brief, slotOf, palette } = fileFeaturePorts(this.#services);
    return explanationNodes(effects, {
      ...{ isStale, brief, slotOf, palette },
      order: this.#services.explanation.order,
      uri: document.key,
      offset: Math.max(0, place.end - 1),
      labels: new Map(listedSaes(this.#services).map(({ sae, label }) => [sae, label])),
    });
  }
}

function allOf(nodes: readonly ExplanationNode[]): readonly TreeEntry[] {
  return nodes.flatMap(({ entry, below }) => [entry, ...below]);
}

function endOf(text: string): string {
  const words = oneLine(text.slice(-4 * namedEnd));
  return words.length > namedEnd ? `…${words.slice(-namedEnd)}` : words;
}

function staleMessage(): string {
  return t(
    'The text before this place, or the model, has changed since; refresh the explanation to see what holds now.',
  );
}
