// What a repository of the hub holds at one commit: names, sizes and hashes. Addresses and pages are the business of
// the hub's own library, over our requests; everything a server says is checked here, so that what follows may build
// paths from it.
import { listFiles, modelInfo } from '@huggingface/hub';
import { MonosemError } from '../../shared/errors.ts';
import type { ContentHash } from '../files/partFile.ts';
import { patienceOf, request, withRetries, connectionLost, type HubAccess } from './request.ts';

export interface RepoRevision {
  /** `owner/name`. */
  readonly repo: string;
  /** Branch, tag or commit. */
  readonly revision: string;
}

export interface RepoFile {
  /** Inside the repository, with `/`; safe to be joined to a folder. */
  readonly path: string;
  readonly bytes: number;
  readonly hash: ContentHash;
}

export interface RepoListing {
  readonly repo: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly files: readonly RepoFile[];
}

/** Pages of 1,000 files; the largest collections of SAEs have some thousands. */
const mostPages = 200;

/** @throws MonosemError `badArgument` for what is no name of a repository */
export function expectRepo(repo: string): void {
  const isName = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(repo);
  if (isName && !/\.\.|--|\.git$/.test(repo)) return;
  throw new MonosemError(
    'badArgument',
    `"${repo}" is no repository of the hub; write owner/name, e.g. openai-community/gpt2.`,
  );
}

/** Whether a path with `/` stays inside the folder it is joined to, on every platform. */
export function staysInside(name: string): boolean {
  const parts = name.split('/');
  if (/[\\:\u0000-\u001F\u007F]/.test(name)) return false;
  return parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[. ]$/.test(part));
}

/**
 * The files of a repository at the commit its revision names now.
 * @param folder only what is below it
 * @throws MonosemError `badArgument`, `hubMissing`, `hubDenied`, `hubUnreachable`, `hubFailed`
 */
export async function listRepo(
  access: HubAccess,
  { repo, revision }: RepoRevision,
  folder: string,
  signal: AbortSignal,
): Promise<RepoListing> {
  expectRepo(repo);
  const commit = await commitOf(access, { repo, revision }, signal);
  const subject = folder === '' ? repo : `${folder} in ${repo}`;
  const files: RepoFile[] = [];
  await asked(access, subject, async () => {
    const entries = listFiles({
      ...clientAccess(access, subject, signal),
      repo: { type: 'model', name: repo },
      revision: commit,
      path: folder.split('/').map(encodeURIComponent).join('/'),
      recursive: true,
    });
    for await (const entry of entries) {
      const file = fileOf(entry, access, repo);
      if (file !== undefined) files.push(file);
    }
  });
  return { repo, commit, files };
}

async function commitOf(
  access: HubAccess,
  { repo: name, revision }: RepoRevision,
  signal: AbortSignal,
): Promise<string> {
  const client = clientAccess(access, name, signal);
  const { sha } = await asked(access, name, () =>
    modelInfo({ ...client, name, revision, additionalFields: ['sha'] }),
  );
  const commit: unknown = sha;
  if (typeof commit === 'string' && /^[0-9a-f]{40}$/.test(commit)) return commit;
  throw strange(access, name, 'named no commit');
}

/**
 * The library takes answers for what the hub's should be; what it stumbles over is none of a hub.
 * @throws MonosemError
 */
async function asked<Result>(
  access: HubAccess,
  subject: string,
  ask: () => Promise<Result>,
): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    if (MonosemError.is(error)) throw error;
    throw strange(access, subject, 'gave no answer of a hub', error);
  }
}

/** The library's way to the hub: our requests, one after another, each read to its end. */
function clientAccess(
  access: HubAccess,
  subject: string,
  signal: AbortSignal,
): { readonly hubUrl: string; readonly fetch: typeof fetch } {
  let requests = 0;
  const patience = patienceOf(access);
  const ask = (input: string | URL | Request): Promise<Response> => {
    const url = input instanceof Request ? input.url : String(input);
    // The token goes with the request, so the next page must be of the same server.
    if (new URL(url).origin !== new URL(access.endpoint).origin) {
      throw strange(access, subject, 'sends to another server for the rest of a list');
    }
    if (requests++ === mostPages) throw strange(access, subject, 'lists files without an end');
    return withRetries(patience, signal, async () => {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(patience.stall)]);
      const response = await request(access, { url, subject }, limit);
      const text = await response.text().catch((error: unknown) => {
        throw connectionLost(url, error);
      });
      const link = absolute(response.headers.get('link') ?? '', url);
      return new Response(text, { headers: { link } });
    });
  };
  return { hubUrl: access.endpoint, fetch: async (input) => ask(input) };
}

/** The library overlooks a next page whose address is relative. */
function absolute(link: string, url: string): string {
  return link.replace(
    /<([^>]+)>\s*;\s*rel=/g,
    (_whole, to: string) => `<${new URL(to, url).href}>; rel=`,
  );
}

/** @returns undefined for a folder */
function fileOf(entry: unknown, access: HubAccess, repo: string): RepoFile | undefined {
  if (!isObject(entry)) throw strange(access, repo, 'listed what is no file');
  if (entry['type'] !== 'file') return undefined;
  const { path: name, size, oid, lfs } = entry;
  if (typeof name !== 'string' || !staysInside(name)) {
    throw new MonosemError(
      'hubFailed',
      `${repo} lists a file whose name would leave its folder (${JSON.stringify(name)}); nothing was downloaded, tell the owner of the repository.`,
    );
  }
  const bytes = (isObject(lfs) ? lfs['size'] : undefined) ?? size;
  const hash = isObject(lfs) ? hashOf('sha256', lfs['oid']) : hashOf('git', oid);
  if (
    hash === undefined ||
    typeof bytes !== 'number' ||
    !Number.isSafeInteger(bytes) ||
    bytes < 0
  ) {
    throw strange(access, repo, `listed ${name} without its size and hash`);
  }
  return { path: name, bytes, hash };
}

function hashOf(kind: ContentHash['kind'], oid: unknown): ContentHash | undefined {
  const value = typeof oid === 'string' ? oid.replace(/^sha256:/, '') : '';
  const isHash = (kind === 'git' ? /^[0-9a-f]{40}$/ : /^[0-9a-f]{64}$/).test(value);
  return isHash ? { kind, value } : undefined;
}

function strange(
  { endpoint }: HubAccess,
  subject: string,
  what: string,
  cause?: unknown,
): MonosemError {
  return new MonosemError(
    'hubFailed',
    `${new URL(endpoint).host} ${what} when asked for ${subject}; check that the endpoint is a Hugging Face hub.`,
    { cause },
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
