// Failures shown to people: one sentence, and buttons for what can be done about it. What is cancelled is not shown.
import * as vscode from 'vscode';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import type { Log } from '../engine/engineProcess.ts';
import { offerCommands } from '../commands/offerCommands.ts';
import { actionsAfter } from './failureActions.ts';

/** Shows a failure and runs the action that is chosen. */
export async function showFailure(error: unknown, log: Log): Promise<void> {
  if (MonosemError.is(error, 'cancelled')) return;
  log.error(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
  await offerCommands(actionsAfter(error), (...titles) =>
    vscode.window.showErrorMessage(messageOf(error), ...titles),
  );
}
