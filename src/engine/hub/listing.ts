// What a repository of the hub holds at one commit: names, sizes and hashes. Everything a server says is checked here,
// so that what follows may build paths from it.
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
  const api = `${access.endpoint}/api/models/${repo}`;
  const about = await json(access, `${api}/revision/${encodeURIComponent(revision)}`, repo, signal);
  const commit = isObject(about.body) ? about.body['sha'] : undefined;
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) {
    throw strange(access, repo, 'named no commit');
  }
  const below = folder === '' ? '' : `/${folder.split('/').map(encodeURIComponent).join('/')}`;
  const files: RepoFile[] = [];
  let url: string | undefined = `${api}/tree/${commit}${below}?recursive=true`;
  for (let page = 0; url !== undefined; page++) {
    if (page === mostPages) throw strange(access, repo, 'lists files without an end');
    const subject = folder === '' ? repo : `${folder} in ${repo}`;
    const answer: Answer = await json(access, url, subject, signal);
    if (!Array.isArray(answer.body)) throw strange(access, repo, 'listed no files');
    for (const entry of answer.body as readonly unknown[]) {
      const file = fileOf(entry, access, repo);
      if (file !== undefined) files.push(file);
    }
    url = nextPage(access, answer.link);
  }
  return { repo, commit, files };
}

interface Answer {
  readonly body: unknown;
  readonly link: string | null;
}

function json(
  access: HubAccess,
  url: string,
  subject: string,
  signal: AbortSignal,
): Promise<Answer> {
  const patience = patienceOf(access);
  return withRetries(patience, signal, async () => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(patience.stall)]);
    const response = await request(access, { url, subject }, limit);
    const text = await response.text().catch((error: unknown) => {
      throw connectionLost(url, error);
    });
    try {
      return { body: JSON.parse(text) as unknown, link: response.headers.get('link') };
    } catch {
      throw strange(access, subject, 'sent no JSON');
    }
  });
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

/** The token goes with the request, so the next page must be of the same server. */
function nextPage(access: HubAccess, link: string | null): string | undefined {
  const next = /<([^>]+)>\s*;\s*rel="next"/.exec(link ?? '')?.[1];
  if (next === undefined) return undefined;
  const url = new URL(next, access.endpoint);
  if (url.origin === new URL(access.endpoint).origin) return url.href;
  throw strange(access, url.origin, 'sends to another server for the rest of a list');
}

function strange({ endpoint }: HubAccess, subject: string, what: string): MonosemError {
  return new MonosemError(
    'hubFailed',
    `${new URL(endpoint).host} ${what} when asked for ${subject}; check that the endpoint is a Hugging Face hub.`,
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
