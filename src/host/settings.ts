// The user's settings, typed and validated; the only reader and writer of VS Code's configuration. Values are those of now,
// so nobody is to hold one.
import * as vscode from 'vscode';
import { restrictedSettings, settingSection, settings } from '../shared/contributions.ts';
import type { SettingName, SettingValue } from '../shared/contributions.ts';
import { settingValue } from './settingValue.ts';

export const settingNames = Object.keys(settings) as readonly SettingName[];

/** Making one takes longer than all else that is done per keystroke; it never changes. `undefined` behind a change. */
let snapshot: vscode.WorkspaceConfiguration | undefined;

export function readSetting<Name extends SettingName>(name: Name): SettingValue<Name> {
  const setting = settings[name];
  snapshot ??= vscode.workspace.getConfiguration(settingSection);
  const value = snapshot.get<unknown>(setting.key);
  return settingValue(setting, value) as SettingValue<Name>;
}

/** Writes to the workspace where the workspace already sets it, else for the user; nothing if it is so already. */
export async function writeSetting<Name extends SettingName>(
  name: Name,
  value: SettingValue<Name>,
): Promise<void> {
  if (isSameValue(readSetting(name), value)) return;
  const configuration = vscode.workspace.getConfiguration(settingSection);
  const { key } = settings[name];
  // What a workspace that is not trusted says does not count, and what were written there would not either.
  const counts = vscode.workspace.isTrusted || !restrictedSettings.includes(name);
  const isInWorkspace = counts && configuration.inspect(key)?.workspaceValue !== undefined;
  const target = isInWorkspace
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await configuration.update(key, value, target);
}

/** Lists are the same when they say the same. */
export function isSameValue(a: SettingValue<SettingName>, b: SettingValue<SettingName>): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Tells which settings changed; somebody has to listen for values to be those of now, as the services always do. */
export function onDidChangeSettings(
  listener: (names: readonly SettingName[]) => void,
): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    snapshot = undefined;
    const changed = settingNames.filter((name) =>
      event.affectsConfiguration(`${settingSection}.${settings[name].key}`),
    );
    if (changed.length > 0) listener(changed);
  });
}
