// How downloads are spoken of: their progress, their end, and what can be done when they fail. Without VS Code.
import type { CommandName } from '../../shared/contributions.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { AddedDownload, DownloadProgress, KnownModel } from '../../shared/hubProtocol.ts';
import { t } from '../../shared/l10n.ts';
import { oneLine } from '../display/oneLine.ts';
import { sizeText } from '../display/size.ts';

export interface ProgressReport {
  readonly message: string;
  /** Percent since the report before it. */
  readonly increment: number;
}

/** Makes reports of what arrives; the percentages of all of them sum to at most 100. */
export function progressReports(): (progress: DownloadProgress) => ProgressReport {
  let reported = 0;
  return ({ file, done, total }) => {
    const percent = total > 0 ? Math.min(100, (100 * done) / total) : 0;
    const increment = Math.max(0, percent - reported);
    reported += increment;
    const message = t('{0} of {1}, {2}', sizeText(done), sizeText(total), oneLine(file));
    return { message, increment };
  };
}

/** @param other the model an SAE reads, if it is not the open one */
export function addedSentence(
  { id, bytes, isOffline }: AddedDownload,
  other?: Pick<KnownModel, 'name'>,
): string {
  const name = oneLine(id);
  const size = sizeText(bytes);
  if (other === undefined) {
    return isOffline
      ? t('{0} is in the cache ({1}).', name, size)
      : t('{0} is downloaded ({1}).', name, size);
  }
  const model = other.name;
  return isOffline
    ? t('{0} is in the cache ({1}); it reads {2}, which is not the open model.', name, size, model)
    : t('{0} is downloaded ({1}); it reads {2}, which is not the open model.', name, size, model);
}

/** Something to do after a failed download. */
export type Remedy =
  | { readonly kind: 'command'; readonly command: CommandName; readonly retries: boolean }
  | { readonly kind: 'retry' }
  /** The repository's page, where terms are accepted. */
  | { readonly kind: 'page' };

const retry: Remedy = { kind: 'retry' };
const page: Remedy = { kind: 'page' };
const command = (name: CommandName, retries = false): Remedy => ({
  kind: 'command',
  command: name,
  retries,
});

const remedies: Readonly<Partial<Record<ErrorCode, readonly Remedy[]>>> = {
  hubDenied: [command('setHubToken', true), page],
  hubUnreachable: [retry, command('openSettings')],
  hubFailed: [retry, command('showLog')],
  hubMissing: [page, command('openSettings')],
  diskFull: [command('removeDownload', true), retry, command('openSettings')],
  fileDamaged: [retry, command('showLog')],
  engineStopped: [retry, command('showLog')],
};

/** The most helpful one first; `undefined` where a failure has nothing of its own here. */
export function remediesFor(error: unknown): readonly Remedy[] | undefined {
  return MonosemError.is(error) ? remedies[error.code] : undefined;
}
