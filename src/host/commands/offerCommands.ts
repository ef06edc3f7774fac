// Messages whose buttons are commands.
import * as vscode from 'vscode';
import { commands } from '../../shared/contributions.ts';
import type { CommandName } from '../../shared/contributions.ts';
import { commandTitle } from './commandTitle.ts';

/**
 * Runs the command that is chosen.
 * @param ask shows the message with these buttons
 */
export async function offerCommands(
  names: readonly CommandName[],
  ask: (...titles: string[]) => Thenable<string | undefined>,
): Promise<void> {
  const titles = names.map(commandTitle);
  const chosen = await ask(...titles);
  const name = names[titles.indexOf(chosen ?? '')];
  if (name !== undefined) await vscode.commands.executeCommand(commands[name].id);
}
