// Progress of what a command computes: quietly in the status bar, and where it takes long also with a button to cancel
// it, which the status bar has not.
import * as vscode from 'vscode';
import { briefly } from './briefly.ts';

/** Computations that are shorter are over before anybody would cancel them, in milliseconds. */
const patienceMs = 1000;

/** @throws what the work throws */
export async function withCancel<T>(
  title: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const result = work(abort.signal);
  const over = result.then(
    () => undefined,
    () => undefined,
  );
  const { Notification, Window } = vscode.ProgressLocation;
  void vscode.window.withProgress({ location: Window, title }, () => over);
  if (!(await briefly(over, patienceMs))) {
    const options = { location: Notification, title, cancellable: true };
    void vscode.window.withProgress(options, async (_, token) => {
      const listening = token.onCancellationRequested(() => {
        abort.abort();
      });
      await over;
      listening.dispose();
    });
  }
  return result;
}
