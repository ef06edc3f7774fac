// A file as the last commit has it, by the git extension that comes with VS Code. Only what is used of its API
// (extensions/git/src/api/git.d.ts in VS Code's source) is written down here, and everything of it may be missing: each
// absence is one sentence. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

const head = 'HEAD';

/** `Uri` is VS Code's. */
export interface GitApi<Uri> {
  getRepository(file: Uri): GitRepository | null;
  getRepositoryRoot(folder: Uri): Promise<Uri | null>;
  openRepository(root: Uri): Promise<GitRepository | null>;
  toGitUri(file: Uri, ref: string): Uri;
}

export interface GitRepository {
  /** Rejects for a path that the commit does not have. */
  getObjectDetails(ref: string, path: string): Promise<unknown>;
  /** Rejects where there is none. Asks git: what the repository says of its HEAD comes some time after it is opened. */
  getCommit(ref: string): Promise<unknown>;
}

export interface FileInGit<Uri> {
  readonly uri: Uri;
  readonly folder: Uri;
  readonly scheme: string;
  readonly fsPath: string;
  /** For people. */
  readonly name: string;
}

/**
 * The document that holds the file as of HEAD.
 * @param git `undefined` where the git extension is missing or switched off
 * @throws MonosemError `badArgument` where there is no such document
 */
export async function uriAtHead<Uri>(
  git: () => Promise<GitApi<Uri> | undefined>,
  file: FileInGit<Uri>,
): Promise<Uri> {
  const { name, uri } = file;
  if (file.scheme !== 'file') {
    throw refusal(t('{0} is no file of a folder; save it into a git repository first.', name));
  }
  const api = await git();
  if (api === undefined) {
    throw refusal(
      t('VS Code’s git extension does not run; set “git.enabled” and trust this workspace.'),
    );
  }
  const repository = api.getRepository(uri) ?? (await openRepository(api, file));
  if (repository === null) {
    throw refusal(t('{0} is in no git repository; compare it with another file.', name));
  }
  try {
    await repository.getObjectDetails(head, file.fsPath);
  } catch (error) {
    throw await whyNotAtHead(repository, name, error);
  }
  return api.toGitUri(uri, head);
}

async function whyNotAtHead(
  repository: GitRepository,
  name: string,
  cause: unknown,
): Promise<MonosemError> {
  const hasCommit = await repository.getCommit(head).then(
    () => true,
    () => false,
  );
  return hasCommit
    ? refusal(t('{0} is not in the last commit; commit it to compare later.', name), cause)
    : refusal(t('The repository of {0} has no commit yet; make one to compare with.', name), cause);
}

/** Repositories of the workspace are known; that of any other file is opened. */
async function openRepository<Uri>(
  git: GitApi<Uri>,
  { folder }: FileInGit<Uri>,
): Promise<GitRepository | null> {
  try {
    const root = await git.getRepositoryRoot(folder);
    return root === null ? null : await git.openRepository(root);
  } catch {
    // The folder is gone, or git refuses to run in it.
    return null;
  }
}

function refusal(sentence: string, cause?: unknown): MonosemError {
  return new MonosemError('badArgument', sentence, { cause });
}
