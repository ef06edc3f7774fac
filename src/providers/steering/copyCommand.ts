// “Copy Steering as Command”: what was last run in the steering panel, as the `monosem` command that repeats it.
import * as vscode from 'vscode';
import type { Services } from '../../host/services.ts';
import { expectSnapshot, type OpenSteering } from '../../host/steering/openSteering.ts';
import { steerParams } from '../../host/views/steerStart.ts';
import { t } from '../../shared/l10n.ts';
import type { Shell } from '../../shared/shellWords.ts';
import { copyAsCommand } from '../../shared/steerCommand.ts';

const statusMs = 3000;

/**
 * @param argument `posix` or `powershell`; anything else takes what the terminal of this window runs
 * @returns what is on the clipboard then
 */
export async function copySteeringCommand(
  { source }: Services,
  steering: OpenSteering,
  argument?: unknown,
): Promise<string> {
  const { start } = expectSnapshot(steering);
  const shell = argument === 'posix' || argument === 'powershell' ? argument : usualShell();
  const command = copyAsCommand(steerParams(start, await source()), shell, start.directions);
  await vscode.env.clipboard.writeText(command);
  const shown = vscode.window.setStatusBarMessage(t('Command copied'));
  setTimeout(() => {
    shown.dispose();
  }, statusMs);
  return command;
}

function usualShell(): Shell {
  return /pwsh|powershell|cmd\.exe/i.test(vscode.env.shell) ? 'powershell' : 'posix';
}
