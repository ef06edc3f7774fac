// `.monosem/steering` of a workspace folder, on whatever file system the workspace is.
import * as vscode from 'vscode';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';
import type { PresetFolder } from './presetAccess.ts';

const folderNames = ['.monosem', 'steering'] as const;

/** @throws MonosemError `badArgument` from every function where the folder is a link: it could lead anywhere */
function presetFolder({ uri }: vscode.WorkspaceFolder): PresetFolder {
  const { fs } = vscode.workspace;
  const parents = folderNames.map((_, n) =>
    vscode.Uri.joinPath(uri, ...folderNames.slice(0, n + 1)),
  );
  const folder = vscode.Uri.joinPath(uri, ...folderNames);
  const at = (file: string): vscode.Uri => vscode.Uri.joinPath(folder, file);
  const expectNoLinks = async (...places: readonly vscode.Uri[]): Promise<void> => {
    for (const place of [...parents, ...places]) {
      const type = (await statOrUndefined(place))?.type ?? 0;
      if ((type & vscode.FileType.SymbolicLink) !== 0) throw isLink(place);
    }
  };
  return {
    path: vscode.workspace.asRelativePath(folder, true),
    isTrusted: vscode.workspace.isTrusted,
    list: async () => {
      await expectNoLinks();
      if ((await statOrUndefined(folder)) === undefined) return [];
      const entries = await fs.readDirectory(folder);
      return entries.filter(([, type]) => type === vscode.FileType.File).map(([name]) => name);
    },
    size: async (file) => (await fs.stat(at(file))).size,
    read: async (file) => {
      await expectNoLinks(at(file));
      return fs.readFile(at(file));
    },
    write: async (file, content) => {
      await expectNoLinks(at(file));
      await fs.createDirectory(folder);
      // A name that nobody knows beforehand: nothing can lie there.
      const temporary = at(`.${crypto.randomUUID()}.tmp`);
      try {
        await fs.writeFile(temporary, content);
        await fs.rename(temporary, at(file), { overwrite: true });
      } catch (error) {
        await fs.delete(temporary).then(undefined, () => undefined);
        throw error;
      }
    },
    remove: async (file) => {
      await expectNoLinks(at(file));
      await fs.delete(at(file));
    },
    pathOf: (file) => (folder.scheme === 'file' ? at(file).fsPath : undefined),
  };
}

async function statOrUndefined(uri: vscode.Uri): Promise<vscode.FileStat | undefined> {
  try {
    return await vscode.workspace.fs.stat(uri);
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return undefined;
    throw error;
  }
}

function isLink(uri: vscode.Uri): MonosemError {
  return new MonosemError(
    'badArgument',
    t('{0} is a link, and presets are kept in no other place than the workspace; make it a folder or file.', vscode.workspace.asRelativePath(uri, true)), // prettier-ignore
  );
}

/**
 * The presets of the only workspace folder, or of the one that is asked for.
 * @returns `undefined` when none was chosen
 * @throws MonosemError `badArgument` where no folder is open
 */
export async function choosePresetFolder(): Promise<PresetFolder | undefined> {
  const { workspaceFolders = [] } = vscode.workspace;
  const [first, ...others] = workspaceFolders;
  if (first === undefined) {
    throw new MonosemError(
      'badArgument',
      t('Presets are kept in a folder of the workspace, and none is open: open a folder first.'),
    );
  }
  const placeHolder = t('Folder whose presets are meant');
  const chosen =
    others.length === 0 ? first : await vscode.window.showWorkspaceFolderPick({ placeHolder });
  return chosen && presetFolder(chosen);
}
