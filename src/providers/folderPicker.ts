// Chooses the folder of a model or of an SAE and writes it to the settings.
import * as vscode from 'vscode';
import type { Services } from '../host/services.ts';
import { readSetting, writeSetting } from '../host/settings.ts';

const words = {
  model: {
    title: 'Choose a Model Folder',
    detail: 'It holds config.json, tokenizer.json and onnx/model.onnx (or model.onnx).',
    standard: 'Use the model that comes with Monosem',
  },
  sae: {
    title: 'Choose a Sparse Autoencoder Folder',
    detail: 'It holds cfg.json and sae_weights.safetensors, as SAELens writes them.',
    standard: 'Use the one that comes with the model',
  },
} as const;

export async function chooseFolder({ log }: Services, setting: 'model' | 'sae'): Promise<void> {
  const { title, detail, standard } = words[setting];
  const browse = { label: '$(folder-opened) Browse…', detail };
  const reset = { label: `$(discard) ${standard}` };
  const current = readSetting(setting);
  const chosen = await vscode.window.showQuickPick([browse, reset], {
    title,
    placeHolder: current === '' ? standard : `Now: ${current}`,
  });
  if (chosen === undefined) return;
  if (chosen === reset) {
    await writeSetting(setting, '');
    return;
  }
  const [folder] =
    (await vscode.window.showOpenDialog({
      title,
      openLabel: 'Choose',
      canSelectFolders: true,
      canSelectFiles: false,
    })) ?? [];
  if (folder === undefined) return;
  log.info(`${title}: ${folder.fsPath}`);
  await writeSetting(setting, folder.fsPath);
}
