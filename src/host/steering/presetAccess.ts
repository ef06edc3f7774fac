// The folder of presets as a disk that fails, in a workspace that may not be trusted. Without VS Code.
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

/** `.monosem/steering` of one workspace folder; its functions throw what the file system throws. */
export interface PresetFolder {
  /** For people. */
  readonly path: string;
  readonly isTrusted: boolean;
  /** Plain files in it, no links; none where it is missing. */
  list(): Promise<readonly string[]>;
  size(file: string): Promise<number>;
  read(file: string): Promise<Uint8Array>;
  /** The whole file or what was there; makes the folder. */
  write(file: string, content: Uint8Array): Promise<void>;
  remove(file: string): Promise<void>;
  /** Where the engine finds a file; `undefined` for a workspace that is not on this machine. */
  pathOf(file: string): string | undefined;
}

/** @throws MonosemError `badArgument` where the workspace is not trusted */
export function expectTrust({ isTrusted, path }: PresetFolder): void {
  if (isTrusted) return;
  throw new MonosemError(
    'badArgument',
    t('Presets in {0} are not used, because the workspace is not trusted; trust it first.', path),
  );
}

/** @throws MonosemError one sentence for whatever the file system throws */
export async function access<Result>(
  { path }: PresetFolder,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    throw accessError(error, path);
  }
}

/** VS Code's file systems have codes of their own, and put those of Node.js into the message. */
function accessError(error: unknown, path: string): MonosemError {
  if (error instanceof MonosemError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const said = `${code} ${messageOf(error)}`;
  if (/ENOSPC|EDQUOT/.test(said)) {
    return new MonosemError(
      'diskFull',
      t('The preset could not be written to {0}: the disk is full; free some space and try again.', path), // prettier-ignore
    );
  }
  if (/NoPermissions|EACCES|EPERM|EROFS/.test(said)) {
    return new MonosemError(
      'fileUnreadable',
      t('{0} cannot be used: access was denied; change its permissions and try again.', path),
    );
  }
  return new MonosemError(
    'fileUnreadable',
    t('{0} could not be accessed ({1}); check the folder and try again.', path, messageOf(error)),
    { cause: error },
  );
}
