// “Load Steering Preset…”: edits and settings from a file of the workspace, into the steering panel. The list also deletes.
import * as vscode from 'vscode';
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import { showFailure } from '../../host/failures/notifications.ts';
import type { Services } from '../../host/services.ts';
import { expectSnapshot, type OpenSteering } from '../../host/steering/openSteering.ts';
import { choosePresetFolder } from '../../host/steering/presetFolder.ts';
import { placeDirections } from '../../host/steering/presetDirections.ts';
import { PresetFiles } from '../../host/steering/presetFiles.ts';
import { placeEdits } from '../../host/steering/presetSaes.ts';
import { Presets, type LoadedPreset } from '../../host/steering/presets.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { NamedDirection } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { sameName } from '../../shared/namedEdits.ts';

/**
 * @param argument the name of a preset, whose prompt is taken as well; anything else asks
 * @returns whether something was loaded
 */
export async function loadSteeringPreset(
  services: Services,
  steering: OpenSteering,
  argument?: unknown,
): Promise<boolean> {
  expectSnapshot(steering);
  const folder = await choosePresetFolder();
  if (folder === undefined) return false;
  const presets = new Presets(folder);
  const isAsked = typeof argument !== 'string';
  const name = isAsked ? await pickPreset(services, presets, folder.path) : argument;
  if (name === undefined) return false;
  const loaded = await presets.load(name);
  const { preset } = loaded;
  const source = await services.source();
  const identities = await services.engine.call('identifySaes', { source });
  const { edits, otherWeights } = placeEdits(preset, identities);
  const loadedDirections = await placeDirections(preset.directions, new PresetFiles(folder));
  const { prompt, settings, directions } = expectSnapshot(steering).start;
  const taken = isAsked ? await choosePrompt(prompt, preset.prompt) : (preset.prompt ?? prompt);
  if (taken === undefined) return false;
  await steering.restore({
    ...{ prompt: taken, features: [], edits },
    directions: together(loadedDirections, directions),
    settings: { ...settings, ...preset.settings },
  });
  tellDifferences(services, loaded, otherWeights);
  return true;
}

/** What was made in the panel stays, but for what has a name of the preset's. */
function together(
  loaded: readonly NamedDirection[],
  present: readonly NamedDirection[],
): readonly NamedDirection[] {
  const others = present.filter(({ name }) => !loaded.some((each) => sameName(each.name, name)));
  return [...loaded, ...others];
}

interface PresetItem extends vscode.QuickPickItem {
  readonly name: string;
}

async function pickPreset(
  { log }: Services,
  presets: Presets,
  folder: string,
): Promise<string | undefined> {
  const deletion = { iconPath: new vscode.ThemeIcon('trash'), tooltip: t('Delete') };
  const readItems = async (): Promise<readonly PresetItem[]> =>
    (await presets.list()).map((name) => ({ name, label: name, buttons: [deletion] }));
  const items = await readItems();
  if (items.length === 0) {
    throw new MonosemError(
      'fileMissing',
      t('There are no presets in {0}: save one first.', folder),
    );
  }
  const lifetime = new DisposableStore();
  const picker = lifetime.add(vscode.window.createQuickPick<PresetItem>());
  picker.title = pickerTitle('loadSteeringPreset');
  picker.items = items;
  // It stays while a question is answered.
  picker.ignoreFocusOut = true;
  const remove = async ({ name }: PresetItem): Promise<void> => {
    if (!(await mayDelete(name))) return;
    await presets.delete(name);
    picker.items = await readItems();
  };
  try {
    return await new Promise((resolve) => {
      lifetime.add(
        picker.onDidTriggerItemButton(({ item }) => {
          remove(item).catch((error: unknown) => showFailure(error, log));
        }),
      );
      lifetime.add(picker.onDidAccept(() => resolve(picker.selectedItems[0]?.name)));
      lifetime.add(picker.onDidHide(() => resolve(undefined)));
      picker.show();
    });
  } finally {
    lifetime.dispose();
  }
}

async function mayDelete(name: string): Promise<boolean> {
  const remove = t('Delete');
  const chosen = await vscode.window.showWarningMessage(
    t('Delete the preset "{0}"?', name),
    { modal: true },
    remove,
  );
  return chosen === remove;
}

/** Edits are often meant for another text than the one they were tried on. */
async function choosePrompt(
  present: string,
  saved: string | undefined,
): Promise<string | undefined> {
  if (saved === undefined || saved === present) return present;
  const items = [
    { label: t('Keep the present prompt'), detail: present, prompt: present },
    { label: t('Take the prompt of the preset'), detail: saved, prompt: saved },
  ];
  const title = pickerTitle('loadSteeringPreset');
  return (await vscode.window.showQuickPick(items, { title }))?.prompt;
}

function tellDifferences(
  { log }: Services,
  { preset, ignored }: LoadedPreset,
  otherWeights: readonly string[],
): void {
  if (ignored.length > 0) {
    const message = t('Fields of the preset "{0}" that Monosem does not know were left out: {1}.', preset.name, ignored.join(', ')); // prettier-ignore
    log.warn(message);
    void vscode.window.showWarningMessage(message);
  }
  if (otherWeights.length > 0) {
    const message = t('{0} has other weights here than where the preset "{1}" was saved, so its features may be others.', otherWeights.join(', '), preset.name); // prettier-ignore
    log.warn(message);
    void vscode.window.showWarningMessage(message);
  }
}
