// Where things lie that a user has made and that belong to no other folder: one place for the command line and the engine
// of the editor alike.
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

export interface UserPlace {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
}

/**
 * The folder that MONOSEM_HOME names, else the one for data of programs: `monosem` in XDG_DATA_HOME or `~/.local/share`,
 * `Monosem` in `~/Library/Application Support` or in LOCALAPPDATA. Absolute; it need not exist.
 */
export function userDataFolder({ platform, environment, home }: UserPlace = thisUser()): string {
  const given = (name: string): string | undefined => {
    const value = environment[name]?.trim() ?? '';
    return value === '' ? undefined : value;
  };
  const own = given('MONOSEM_HOME');
  if (own !== undefined) return path.resolve(own);
  switch (platform) {
    case 'win32':
      return path.join(given('LOCALAPPDATA') ?? path.join(home, 'AppData', 'Local'), 'Monosem');
    case 'darwin':
      return path.join(home, 'Library', 'Application Support', 'Monosem');
    default: {
      const data = given('XDG_DATA_HOME');
      // A relative path is to be ignored (XDG Base Directory Specification).
      const isUsable = data !== undefined && path.isAbsolute(data);
      return path.join(isUsable ? data : path.join(home, '.local', 'share'), 'monosem');
    }
  }
}

function thisUser(): UserPlace {
  return { platform: process.platform, environment: process.env, home: os.homedir() };
}
