// Failures shown to people: one sentence, and buttons for what can be done about it. What is cancelled is not shown.
import * as vscode from 'vscode';
import { commands } from '../../shared/contributions.ts';
import type { CommandContribution } from '../../shared/contributions.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { actionsAfter } from './failureActions.ts';
import type { Log } from '../engine/engineProcess.ts';

/** Shows a failure and runs the action that is chosen. */
export async function showFailure(error: unknown, log: Log): Promise<void> {
  if (MonosemError.is(error, 'cancelled')) return;
  log.error(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
  const actions: readonly CommandContribution[] = actionsAfter(error).map((name) => commands[name]);
  const titles = actions.map(({ title }) => title);
  const chosen = await vscode.window.showErrorMessage(messageOf(error), ...titles);
  const action = actions.find(({ title }) => title === chosen);
  if (action !== undefined) await vscode.commands.executeCommand(action.id);
}
