// What VS Code's `when` clauses know of Monosem; only what has changed is told.
import * as vscode from 'vscode';
import type { contextKeys } from '../shared/contributions.ts';

type ContextKey = (typeof contextKeys)[keyof typeof contextKeys];

export class ToldContext {
  readonly #told = new Map<ContextKey, string | boolean>();

  readonly tell = (key: ContextKey, value: string | boolean): void => {
    if (this.#told.get(key) === value) return;
    this.#told.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
}
