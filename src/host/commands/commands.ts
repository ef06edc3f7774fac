// The table of commands: every command has exactly one handler, or this does not compile. The only registrar. A
// handler that fails is explained to the user; commands never fail silently.
import * as vscode from 'vscode';
import { commands } from '../../shared/contributions.ts';
import type { CommandName } from '../../shared/contributions.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Disposable } from '../../shared/disposable.ts';
import type { Log } from '../engine/engineProcess.ts';
import { showFailure } from '../failures/notifications.ts';

/** Arguments come from links, menus, key bindings and other extensions: check them. */
export type CommandHandler = (...args: readonly unknown[]) => unknown;
export type CommandTable = Readonly<Record<CommandName, CommandHandler>>;

export function registerCommands(table: CommandTable, log: Log): Disposable {
  const registrations = new DisposableStore();
  for (const name of Object.keys(commands) as readonly CommandName[]) {
    const run = async (...args: readonly unknown[]): Promise<unknown> => {
      try {
        return await table[name](...args);
      } catch (error) {
        // Not awaited: the command is over, the notification stays until it is answered.
        void showFailure(error, log);
        return undefined;
      }
    };
    registrations.add(vscode.commands.registerCommand(commands[name].id, run));
  }
  return registrations;
}

/**
 * Runs one of our own commands; used where one surface leads to another.
 * @returns what it returns, `undefined` after a failure, which is shown
 */
export async function runCommand(name: CommandName, ...args: readonly unknown[]): Promise<unknown> {
  return vscode.commands.executeCommand(commands[name].id, ...args);
}
