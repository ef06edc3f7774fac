// A list at the side as VS Code shows it, brought up to date quietly.
import * as vscode from 'vscode';
import type { DisposableStore } from '../../shared/disposable.ts';
import { QuietUpdates } from './quietUpdates.ts';

export interface QuietListOptions {
  /** Of its view. */
  readonly id: string;
  readonly update: (signal: AbortSignal) => Promise<void>;
  readonly onFailure: (error: unknown) => void;
  readonly showCollapseAll?: boolean;
}

export interface QuietList<Entry> {
  readonly view: vscode.TreeView<Entry>;
  /** Told of what changes; the list is looked after by itself once it is shown. */
  readonly updates: QuietUpdates;
}

/** @param lifetime of the provider: ends that of the view and its updates */
export function quietList<Entry>(
  provider: vscode.TreeDataProvider<Entry>,
  lifetime: DisposableStore,
  { id, update, onFailure, showCollapseAll = false }: QuietListOptions,
): QuietList<Entry> {
  const updates = lifetime.add(
    new QuietUpdates({ update, onFailure, isVisible: () => view.visible }),
  );
  const view = lifetime.add(
    vscode.window.createTreeView(id, { treeDataProvider: provider, showCollapseAll }),
  );
  lifetime.add(view.onDidChangeVisibility(() => updates.catchUp()));
  return { view, updates };
}
