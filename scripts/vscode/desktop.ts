// Finds a desktop VS Code through its `code` command.
import fs from 'node:fs';
import path from 'node:path';

const names =
  process.platform === 'win32' ? ['code.cmd', 'code-insiders.cmd'] : ['code', 'code-insiders'];

/** What decides whether a window can be opened: the platform and the environment variables. */
export interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A Linux without display has no place for a window, even where the command exists. */
export function canShowWindows({ platform, env }: Desktop): boolean {
  if (platform !== 'linux') return true;
  return Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? env['WSL_DISTRO_NAME']);
}

/** @returns path of the `code` command, if there is one */
export function findCodeCommand(searchPath: string): string | undefined {
  return searchPath
    .split(path.delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
    .find((file) => fs.existsSync(file));
}
