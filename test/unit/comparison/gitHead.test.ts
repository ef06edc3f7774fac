// A file at the last commit, with a git extension that is made up here: what is missing is told in one sentence.
import { expect, test } from 'vitest';
import { uriAtHead } from '../../../src/host/comparison/gitHead.ts';
import type { GitApi, GitRepository } from '../../../src/host/comparison/gitHead.ts';
import { MonosemError } from '../../../src/shared/errors.ts';

const file = {
  ...{ uri: 'file:///repo/a.txt', folder: 'file:///repo', scheme: 'file' },
  ...{ fsPath: '/repo/a.txt', name: 'a.txt' },
};

function repository(hasCommit: boolean, paths: readonly string[] = []): GitRepository {
  const answer = (isThere: boolean): Promise<unknown> =>
    isThere ? Promise.resolve({}) : Promise.reject(new Error('not there'));
  return {
    getObjectDetails: (ref, path) => answer(hasCommit && ref === 'HEAD' && paths.includes(path)),
    getCommit: (ref) => answer(hasCommit && ref === 'HEAD'),
  };
}

function git(changes: Partial<GitApi<string>> = {}): () => Promise<GitApi<string>> {
  const api: GitApi<string> = {
    getRepository: () => null,
    getRepositoryRoot: () => Promise.resolve(null),
    openRepository: () => Promise.resolve(null),
    toGitUri: (uri, ref) => `${uri}@${ref}`,
    ...changes,
  };
  return () => Promise.resolve(api);
}

test('a file of a known repository', async () => {
  const known = git({ getRepository: () => repository(true, ['/repo/a.txt']) });
  expect(await uriAtHead(known, file)).toBe('file:///repo/a.txt@HEAD');
});

test('a file of a repository that is not open yet', async () => {
  const opened: string[] = [];
  const unknown = git({
    getRepositoryRoot: (folder) => Promise.resolve(folder),
    openRepository: (root) => {
      opened.push(root);
      return Promise.resolve(repository(true, ['/repo/a.txt']));
    },
  });
  expect(await uriAtHead(unknown, file)).toBe('file:///repo/a.txt@HEAD');
  expect(opened).toEqual(['file:///repo']);
});

const inGit = (found: GitRepository): ReturnType<typeof git> => git({ getRepository: () => found });

test.each([
  ['is no file of a folder', git(), { ...file, scheme: 'untitled' }],
  ['git extension does not run', () => Promise.resolve(undefined), file],
  ['is in no git repository', git(), file],
  [
    'is in no git repository',
    git({ getRepositoryRoot: () => Promise.reject(new Error('x')) }),
    file,
  ],
  ['has no commit yet', inGit(repository(false)), file],
  ['is not in the last commit', inGit(repository(true)), file],
])('what is missing is told: %s', async (words, api, of) => {
  const failure: unknown = await uriAtHead<string>(api, of).catch((error: unknown) => error);
  expect(MonosemError.is(failure, 'badArgument')).toBe(true);
  expect((failure as Error).message).toContain(words);
  expect((failure as Error).message).toMatch(/^\S.*; .*\.$/);
});
