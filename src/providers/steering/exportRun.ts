// “Export Steering Run…”: the last run of the steering panel with everything that it takes to have it again, as a file.
import * as vscode from 'vscode';
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import { withCancel } from '../../host/progress.ts';
import type { Services } from '../../host/services.ts';
import { expectSnapshot, type OpenSteering } from '../../host/steering/openSteering.ts';
import { writeRun } from '../../host/steering/runExport.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

/**
 * @param argument the file, a `Uri`; anything else asks for it
 * @returns whether something was written
 */
export async function exportSteeringRun(
  { engine, log }: Services,
  steering: OpenSteering,
  argument?: unknown,
): Promise<boolean> {
  const { lastRun } = expectSnapshot(steering);
  if (lastRun === undefined) {
    throw new MonosemError(
      'badArgument',
      t('Nothing was run in the steering panel yet: run it to its end, then export the run.'),
    );
  }
  const file = argument instanceof vscode.Uri ? argument : await askForFile();
  if (file === undefined) return false;
  const { source } = lastRun.params;
  const provenance = await withCancel(t('Hashing the files of the model…'), (signal) =>
    engine.call('provenance', { source }, { signal }),
  );
  const content = new TextEncoder().encode(writeRun({ ...lastRun, provenance, date: new Date() }));
  await write(file, content);
  log.info(`Exported: ${file.toString()}`);
  void vscode.window.showInformationMessage(
    t('The run is exported to {0}.', vscode.workspace.asRelativePath(file)),
  );
  return true;
}

function askForFile(): Thenable<vscode.Uri | undefined> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  return vscode.window.showSaveDialog({
    title: pickerTitle('exportSteeringRun'),
    filters: { JSON: ['json'] },
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder.uri, 'steering-run.json') }),
  });
}

async function write(file: vscode.Uri, content: Uint8Array): Promise<void> {
  try {
    await vscode.workspace.fs.writeFile(file, content);
  } catch (error) {
    throw new MonosemError(
      'fileUnreadable',
      t('The run could not be written to {0} ({1}); choose another place.', file.fsPath, messageOf(error)), // prettier-ignore
      { cause: error },
    );
  }
}
