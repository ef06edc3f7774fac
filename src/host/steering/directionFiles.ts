// Files of directions, anywhere on this machine.
import * as vscode from 'vscode';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import { largestDirectionFile, tooLarge } from './presetFiles.ts';

/** @returns its path; `undefined` when none was chosen */
export async function askForDirectionFile(): Promise<string | undefined> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const [file] =
    (await vscode.window.showOpenDialog({
      title: t('A file with a direction'),
      filters: { safetensors: ['safetensors'] },
      ...(folder && { defaultUri: folder.uri }),
    })) ?? [];
  return file?.fsPath;
}

/** @throws MonosemError one sentence for whatever the file system throws */
export async function readDirectionFile(path: string): Promise<Uint8Array> {
  const { fs } = vscode.workspace;
  const file = vscode.Uri.file(path);
  try {
    if ((await fs.stat(file)).size > largestDirectionFile) throw tooLarge(path);
    return await fs.readFile(file);
  } catch (error) {
    if (error instanceof MonosemError) throw error;
    throw new MonosemError(
      'fileUnreadable',
      t('The direction in {0} could not be copied ({1}); check the file and save again.', path, messageOf(error)), // prettier-ignore
      { cause: error },
    );
  }
}
