// A folder of its own for each test, without links in its path, removed afterwards.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'vitest';

/** Call at the top of a file or `describe`; the returned function names a path in the current test's folder. */
export function useTemporaryFolder(): (...names: readonly string[]) => string {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(path.join(await realpath(os.tmpdir()), 'monosem-test-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });
  return (...names) => path.join(folder, ...names);
}
