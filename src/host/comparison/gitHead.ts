// A file as the last commit has it, through the git extension that comes with VS Code. Only what is used of its API
// (extensions/git/src/api/git.d.ts in VS Code's source) is written down here, and everything of it may be missing.
import * as vscode from 'vscode';
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

interface GitApi {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<GitApi['state']>;
  getRepository(file: vscode.Uri): Repository | null;
  getRepositoryRoot(folder: vscode.Uri): Promise<vscode.Uri | null>;
  openRepository(root: vscode.Uri): Promise<Repository | null>;
  toGitUri(file: vscode.Uri, ref: string): vscode.Uri;
}

interface Repository {
  readonly state: { readonly HEAD?: { readonly commit?: string } | undefined };
  /** Rejects for a path that the commit does not have. */
  getObjectDetails(ref: string, path: string): Promise<unknown>;
}

/**
 * The document that holds the file as of HEAD.
 * @throws MonosemError `badArgument` where there is no such thing: one sentence that says why
 */
export async function uriAtHead(file: vscode.Uri): Promise<vscode.Uri> {
  const name = vscode.workspace.asRelativePath(file);
  if (file.scheme !== 'file') {
    throw refusal(t('{0} is no file of a folder; save it into a git repository first.', name));
  }
  const git = await gitApi();
  const repository = git.getRepository(file) ?? (await openRepository(git, file));
  if (repository === null) {
    throw refusal(t('{0} is not in a git repository; compare it with another file.', name));
  }
  if (repository.state.HEAD?.commit === undefined) {
    throw refusal(t('The repository of {0} has no commit yet; make one to compare with it.', name));
  }
  try {
    await repository.getObjectDetails('HEAD', file.fsPath);
  } catch (error) {
    const why = t(
      '{0} is not in the last commit; commit it first, to see what changes then.',
      name,
    );
    throw refusal(why, error);
  }
  return git.toGitUri(file, 'HEAD');
}

async function gitApi(): Promise<GitApi> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const git = await extension?.activate();
  if (git?.enabled !== true) {
    throw refusal(
      t('The git extension of VS Code is switched off; set “git.enabled” and trust the workspace.'),
    );
  }
  const api = git.getAPI(1);
  if (api.state !== 'initialized') await initialized(api);
  return api;
}

async function initialized(api: GitApi): Promise<void> {
  await new Promise<void>((resolve) => {
    const listening = api.onDidChangeState((state) => {
      if (state !== 'initialized') return;
      listening.dispose();
      resolve();
    });
  });
}

/** Repositories are found as far as they are in the workspace; the one of any other file is opened. */
async function openRepository(git: GitApi, file: vscode.Uri): Promise<Repository | null> {
  try {
    const root = await git.getRepositoryRoot(vscode.Uri.joinPath(file, '..'));
    return root && (await git.openRepository(root));
  } catch {
    // The folder is gone, or git cannot be run in it.
    return null;
  }
}

function refusal(sentence: string, cause?: unknown): MonosemError {
  return new MonosemError('badArgument', sentence, { cause });
}
