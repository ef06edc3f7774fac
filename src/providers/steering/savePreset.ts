// “Save Steering Preset…”: what was last run in the steering panel, as a file of the workspace.
import * as vscode from 'vscode';
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import type { Services } from '../../host/services.ts';
import { expectSnapshot, type OpenSteering } from '../../host/steering/openSteering.ts';
import { makePreset } from '../../host/steering/preset.ts';
import { readDirectionFile } from '../../host/steering/directionFiles.ts';
import { portableDirections } from '../../host/steering/presetDirections.ts';
import { presetFileName } from '../../host/steering/presetFileName.ts';
import { PresetFiles } from '../../host/steering/presetFiles.ts';
import { choosePresetFolder } from '../../host/steering/presetFolder.ts';
import { Presets } from '../../host/steering/presets.ts';
import { messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { directionsOf } from '../../shared/namedEdits.ts';

/**
 * @param argument the name; anything else asks for it, and before a preset is replaced
 * @returns where it is now, `undefined` if nothing was saved
 */
export async function saveSteeringPreset(
  { engine, log, source: currentSource }: Services,
  steering: OpenSteering,
  argument?: unknown,
): Promise<string | undefined> {
  const { prompt, directions, edits, settings } = expectSnapshot(steering).start;
  const folder = await choosePresetFolder();
  if (folder === undefined) return undefined;
  const presets = new Presets(folder);
  const name = typeof argument === 'string' ? argument : await askForName(presets);
  if (name === undefined) return undefined;
  const source = await currentSource();
  const [{ model }, saes] = await Promise.all([
    engine.call('describe', { source }),
    engine.call('identifySaes', { source }),
  ]);
  // Before the preset that names them.
  const kept = await portableDirections(
    directionsOf(edits, directions),
    new PresetFiles(folder),
    readDirectionFile,
  );
  const contents = { name, model: model.name, prompt, directions: kept, edits, settings };
  const place = await presets.save(makePreset(contents, saes));
  log.info(`Saved: ${place}`);
  void vscode.window.showInformationMessage(t('The preset is saved as {0}.', place));
  return place;
}

async function askForName(presets: Presets): Promise<string | undefined> {
  // Before anybody types: a workspace without trust keeps none.
  await presets.list();
  const name = await vscode.window.showInputBox({
    title: pickerTitle('saveSteeringPreset'),
    prompt: t('Name of the preset'),
    validateInput: whyNoName,
  });
  if (name === undefined) return undefined;
  const existing = await presets.existing(name);
  return existing === undefined || (await mayReplace(existing)) ? name : undefined;
}

function whyNoName(name: string): string | undefined {
  try {
    presetFileName(name);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

async function mayReplace(name: string): Promise<boolean> {
  const replace = t('Replace');
  const chosen = await vscode.window.showWarningMessage(
    t('There is a preset "{0}" already. Replace it?', name),
    { modal: true },
    replace,
  );
  return chosen === replace;
}
