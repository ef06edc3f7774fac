// A profile folder for VS Code in the browser: calm settings (no welcome page, no telemetry, no chat) and the
// extensions to load. Files a person has changed since are left alone.
import fs from 'node:fs';
import path from 'node:path';

const calmSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'security.workspace.trust.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'editor.minimap.enabled': false,
  'editor.wordWrap': 'on',
};

/** An extension's folder and the name under which VS Code finds it, `publisher.name-version`. */
export interface LinkedExtension {
  readonly folder: string;
  readonly name: string;
}

export interface Profile {
  readonly userData: string;
  readonly extensions: string;
}

interface Manifest {
  readonly publisher: string;
  readonly name: string;
  readonly version: string;
}

/** Reads the folder's package.json for the name. */
export function linkedExtension(folder: string): LinkedExtension {
  const text = fs.readFileSync(path.join(folder, 'package.json'), 'utf8');
  const { publisher, name, version } = JSON.parse(text) as Manifest;
  return { folder, name: `${publisher}.${name}-${version}` };
}

/** Makes or completes the profile in `folder`, with links to exactly the given extensions. */
export function prepareProfile(
  folder: string,
  extensions: readonly LinkedExtension[],
  settings: Readonly<Record<string, unknown>> = {},
): Profile {
  const profile = {
    userData: path.join(folder, 'user-data'),
    extensions: path.join(folder, 'extensions'),
  };
  const settingsFile = path.join(profile.userData, 'User', 'settings.json');
  fs.mkdirSync(path.dirname(settingsFile), { recursive: true });
  if (!fs.existsSync(settingsFile))
    fs.writeFileSync(settingsFile, JSON.stringify({ ...calmSettings, ...settings }, null, 2));
  // Links of earlier versions would load the extension twice.
  fs.rmSync(profile.extensions, { recursive: true, force: true });
  fs.mkdirSync(profile.extensions, { recursive: true });
  for (const { folder: target, name } of extensions)
    fs.symlinkSync(target, path.join(profile.extensions, name), 'junction');
  return profile;
}
