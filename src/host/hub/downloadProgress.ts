// A download as people see it: a notification with file, bytes and a button that stops it, and after a failure one
// sentence with what can be done about it.
import * as vscode from 'vscode';
import { commandTitle } from '../commands/commandTitle.ts';
import { runCommand } from '../commands/commands.ts';
import type { CallOptions } from '../engine/engineClient.ts';
import { showFailure } from '../failures/notifications.ts';
import { progressReports, remediesFor } from './downloadText.ts';
import type { Remedy } from './downloadText.ts';
import type { Cancellation } from './requests.ts';
import type { Services } from '../services.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { DownloadProgress } from '../../shared/hubProtocol.ts';

/** Button after a download. */
export function useTitle(): string {
  return t('Use It Now');
}

export interface Job<Result> {
  readonly repo: string;
  /** The repository and what of it, e.g. `lab/model, onnx/model_q4.onnx`. */
  readonly what: string;
  /** Stops it, as the button does. */
  readonly cancellation?: Cancellation | undefined;
  readonly run: (options: CallOptions<DownloadProgress>) => Promise<Result>;
  /** Starts all of it once more. */
  readonly again: () => unknown;
}

/** @returns undefined when it was cancelled, or failed and the failure is shown */
export async function download<Result>(
  services: Services,
  job: Job<Result>,
): Promise<Result | undefined> {
  try {
    return await withProgress(job);
  } catch (error) {
    if (MonosemError.is(error, 'cancelled')) return undefined;
    // Not awaited: the notification stays until it is answered.
    void showDownloadFailure(services, job, error);
    return undefined;
  }
}

async function withProgress<Result>({ what, cancellation, run }: Job<Result>): Promise<Result> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: t('Monosem: downloading {0}', what),
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, button) => {
    const lifetime = new DisposableStore();
    const stop = new AbortController();
    const cancel = (): void => stop.abort();
    for (const token of [button, cancellation]) {
      if (token === undefined) continue;
      if (token.isCancellationRequested) cancel();
      lifetime.add(token.onCancellationRequested(cancel));
    }
    let reportOf = progressReports();
    try {
      return await run({
        signal: stop.signal,
        onProgress: (value) => progress.report(reportOf(value)),
        onRetry: () => (reportOf = progressReports()),
      });
    } finally {
      lifetime.dispose();
    }
  });
}

/** Shows what went wrong, with the remedies there are. */
export async function showDownloadFailure(
  services: Services,
  { repo, again }: Pick<Job<unknown>, 'repo' | 'again'>,
  error: unknown,
): Promise<void> {
  const { log, hub } = services;
  const remedies = remediesFor(error);
  if (remedies === undefined) {
    await showFailure(error, log);
    return;
  }
  log.error(messageOf(error));
  const titles = remedies.map(titleOf);
  const chosen = await vscode.window.showErrorMessage(messageOf(error), ...titles);
  const remedy = remedies[titles.indexOf(chosen ?? '')];
  if (remedy === undefined) return;
  if (remedy.kind === 'page') {
    await vscode.env.openExternal(vscode.Uri.parse(`${hub.endpoint}/${repo}`));
  }
  if (remedy.kind === 'retry') await again();
  if (remedy.kind !== 'command') return;
  const isDone = await runCommand(remedy.command);
  if (remedy.retries && isDone === true) await again();
}

function titleOf(remedy: Remedy): string {
  switch (remedy.kind) {
    case 'command':
      return commandTitle(remedy.command);
    case 'retry':
      return t('Try Again');
    case 'page':
      return t('Open Page');
  }
}
