// The list of what two texts have and have not in common, as a tree view. It is made anew when there is a new result and
// stands still while one is on its way; a bar at its top says that it is.
import * as vscode from 'vscode';
import { titleOf } from '../../host/comparison/comparedDocuments.ts';
import { comparisonLimit } from '../../host/comparison/featureComparison.ts';
import type { ComparedTexts, ComparisonState } from '../../host/comparison/featureComparison.ts';
import { comparisonNodes } from '../../host/display/comparison/comparisonNodes.ts';
import type {
  BranchNode,
  ChangeKind,
  ChangeNode,
  ComparisonNode,
} from '../../host/display/comparison/comparisonNodes.ts';
import { comparisonSummary } from '../../host/display/comparison/comparisonText.ts';
import type { Services } from '../../host/services.ts';
import { onDidChangeSettings } from '../../host/settings.ts';
import { ToldContext } from '../../host/toldContext.ts';
import { commands, comparisonView, contextKeys } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { saeLabels } from '../../shared/featureRef.ts';
import { t } from '../../shared/l10n.ts';

const icons: Readonly<Record<ChangeKind, vscode.ThemeIcon>> = {
  gained: new vscode.ThemeIcon('diff-added', new vscode.ThemeColor('charts.green')),
  lost: new vscode.ThemeIcon('diff-removed', new vscode.ThemeColor('charts.red')),
  changed: new vscode.ThemeIcon('diff-modified', new vscode.ThemeColor('charts.yellow')),
};

export class ComparisonTree implements vscode.TreeDataProvider<ComparisonNode>, vscode.Disposable {
  readonly #services: Services;
  readonly #context = new ToldContext();
  readonly #lifetime = new DisposableStore();
  readonly #changed = this.#lifetime.add(new vscode.EventEmitter<undefined>());
  readonly #view: vscode.TreeView<ComparisonNode>;
  #shown: ComparedTexts | undefined;
  #roots: readonly BranchNode[] = [];
  #isBusy = false;

  constructor(services: Services) {
    this.#services = services;
    const { collection, comparison, model } = services;
    this.#view = this.#lifetime.add(
      vscode.window.createTreeView(comparisonView, {
        treeDataProvider: this,
        showCollapseAll: true,
      }),
    );
    this.#lifetime.add(comparison.onDidChange(() => this.#follow()));
    this.#lifetime.add(collection.onDidChange(() => this.#draw()));
    this.#lifetime.add(model.onDidChange(() => this.#draw()));
    this.#lifetime.add(
      onDidChangeSettings((names) => {
        if (names.includes('hidden') || names.includes('maxDensity')) this.#draw();
      }),
    );
  }

  readonly onDidChangeTreeData = this.#changed.event;

  getChildren(node?: ComparisonNode): ComparisonNode[] {
    if (node === undefined) return [...this.#roots];
    return node.kind === 'change' ? [] : [...node.children];
  }

  getTreeItem(node: ComparisonNode): vscode.TreeItem {
    return node.kind === 'change' ? this.#changeItem(node) : branchItem(node);
  }

  dispose(): void {
    this.#lifetime.dispose();
  }

  #follow(): void {
    const { state } = this.#services.comparison;
    this.#context.tell(contextKeys.hasComparison, state !== undefined);
    this.#view.description = state === undefined ? '' : titleOf(state.pair);
    this.#view.message = messageOf(state);
    if (state?.result !== this.#shown) {
      this.#shown = state?.result;
      this.#draw();
    }
    if (state?.isComparing === true && !this.#isBusy) void this.#showProgress();
  }

  /** Until what is being compared is there. */
  async #showProgress(): Promise<void> {
    this.#isBusy = true;
    const location = { viewId: comparisonView };
    await vscode.window.withProgress({ location, title: t('Comparing') }, () =>
      this.#services.comparison.whenIdle(),
    );
    this.#isBusy = false;
  }

  #draw(): void {
    const { briefs, filter, model } = this.#services;
    this.#roots =
      this.#shown === undefined
        ? []
        : comparisonNodes(this.#shown, {
            brief: briefs.get,
            shows: filter().shows,
            labels: saeLabels(model.namedSaes),
            limit: comparisonLimit,
          });
    this.#changed.fire(undefined);
  }

  #changeItem(node: ChangeNode): vscode.TreeItem {
    const item = new vscode.TreeItem(node.label);
    item.id = node.id;
    item.description = node.description;
    item.tooltip = node.tooltip;
    item.iconPath = icons[node.change];
    item.contextValue = this.#services.collection.isPinned(node) ? 'pinnedFeature' : 'feature';
    item.accessibilityInformation = { label: node.spoken };
    const title = commands.showChange.title;
    item.command = { command: commands.showChange.id, title, arguments: [node.place] };
    return item;
  }
}

/** A reason comes first: the list below it is of older texts. */
function messageOf(state: ComparisonState | undefined): string {
  const { reason, result } = state ?? {};
  if (reason !== undefined) return reason.message;
  return result === undefined ? '' : comparisonSummary(result.comparison);
}

function branchItem({ id, label, isOpen, children }: BranchNode): vscode.TreeItem {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(label);
  item.id = id;
  item.collapsibleState = children.length === 0 ? None : isOpen ? Expanded : Collapsed;
  return item;
}
