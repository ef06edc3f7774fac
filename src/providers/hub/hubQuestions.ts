// What the commands that download ask of the engine before there is anything to download: what is known, and what a
// repository offers.
import * as vscode from 'vscode';
import type { Known } from '../../host/hub/choices.ts';
import type { Services } from '../../host/services.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { HubPlace } from '../../shared/hubProtocol.ts';
import { showDownloadFailure } from './downloadProgress.ts';

export async function knownOf({ engine, hub }: Services): Promise<Known> {
  const [catalogue, downloads] = await Promise.all([
    engine.call('catalogue', {}),
    engine.call('listDownloads', { hub: await hub.place() }),
  ]);
  return { catalogue, downloads };
}

interface Question<Offer> {
  readonly repo: string;
  readonly ask: (hub: HubPlace, options: { readonly signal: AbortSignal }) => Promise<Offer>;
  /** Starts all of it once more. */
  readonly again: () => unknown;
}

/** @returns `offline` when only the cache can help, `undefined` when it was cancelled or the failure is shown */
export async function offerOf<Offer>(
  services: Services,
  { repo, ask, again }: Question<Offer>,
): Promise<Offer | 'offline' | undefined> {
  const { hub } = services;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Monosem: asking ${hub.host} what ${repo} has`,
    cancellable: true,
  };
  try {
    return await vscode.window.withProgress(options, async (_, button) => {
      const stop = new AbortController();
      const listening = button.onCancellationRequested(() => stop.abort());
      try {
        return await ask(await hub.place(), { signal: stop.signal });
      } finally {
        listening.dispose();
      }
    });
  } catch (error) {
    if (MonosemError.is(error, 'hubUnreachable')) return 'offline';
    void showDownloadFailure(services, { repo, again }, error);
    return undefined;
  }
}

/**
 * Fetches into the cache; what is known to be there is taken without asking the hub, unless files of it are gone.
 * @param isDownloaded a record says that it is there
 */
export async function fetchInto<Result>(
  { hub }: Services,
  isDownloaded: boolean,
  fetch: (place: HubPlace) => Promise<Result>,
): Promise<Result> {
  const place = await hub.place();
  if (isDownloaded) {
    try {
      return await fetch({ ...place, offline: true });
    } catch (error) {
      if (!MonosemError.is(error, 'hubUnreachable')) throw error;
    }
  }
  return fetch(place);
}
