// The git extension that comes with VS Code, as far as it is there.
import * as vscode from 'vscode';
import { uriAtHead } from './gitHead.ts';
import type { GitApi } from './gitHead.ts';

interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): StartingGit;
}

interface StartingGit extends GitApi<vscode.Uri> {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<StartingGit['state']>;
}

/** @throws MonosemError `badArgument` where the last commit has no such file, or there is none */
export async function fileAtHead(file: vscode.Uri): Promise<vscode.Uri> {
  return uriAtHead(gitApi, {
    uri: file,
    folder: vscode.Uri.joinPath(file, '..'),
    scheme: file.scheme,
    fsPath: file.fsPath,
    name: vscode.workspace.asRelativePath(file),
  });
}

async function gitApi(): Promise<GitApi<vscode.Uri> | undefined> {
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  const git = await extension?.activate();
  if (git?.enabled !== true) return undefined;
  const api = git.getAPI(1);
  if (api.state !== 'initialized') await initialized(api);
  return api;
}

/** It looks for the repositories of the workspace first. */
async function initialized(api: StartingGit): Promise<void> {
  await new Promise<void>((resolve) => {
    const listening = api.onDidChangeState((state) => {
      if (state !== 'initialized') return;
      listening.dispose();
      resolve();
    });
  });
}
