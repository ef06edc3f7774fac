// A server with the URL layout of the Hugging Face hub, on this machine: repositories are maps of names to bytes, large
// files are redirected to a second server as on the real hub, and any of it can misbehave on request.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Repo {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Files that git LFS keeps: redirected, and known by SHA-256. */
  readonly large?: ReadonlySet<string>;
}

/** Answers a request itself, or returns false to have it served. */
export type Mischief = (
  request: { readonly url: string; readonly range: string | undefined; readonly count: number },
  response: ServerResponse,
) => boolean;

export interface Seen {
  readonly server: 'hub' | 'content';
  readonly url: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

export const commit = 'c'.repeat(40);

export class HubServer {
  readonly seen: Seen[] = [];
  readonly repos = new Map<string, Repo>();
  /** Entries of the next listings, instead of the true ones. */
  listing: readonly unknown[] | undefined;
  mischief: Mischief = () => false;
  /** Files per page of a listing. */
  pageSize = 1000;
  #hub: Server;
  #content: Server;

  constructor() {
    this.#hub = createServer((request, response) => {
      this.#receive('hub', request, response);
    });
    this.#content = createServer((request, response) => {
      this.#receive('content', request, response);
    });
  }

  async start(): Promise<void> {
    for (const server of [this.#hub, this.#content]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    }
  }

  async stop(): Promise<void> {
    for (const server of [this.#hub, this.#content]) {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    }
  }

  get endpoint(): string {
    return originOf(this.#hub);
  }

  /** Requests for the bytes of files. */
  downloads(): readonly Seen[] {
    return this.seen.filter(({ url }) => url.includes('/resolve/') || url.startsWith('/content/'));
  }

  #receive(server: Seen['server'], request: IncomingMessage, response: ServerResponse): void {
    const { url = '', headers } = request;
    const { authorization, range } = headers;
    const count = this.seen.filter((other) => other.url === url).length;
    this.seen.push({ server, url, authorization, range });
    if (this.mischief({ url, range, count }, response)) return;
    const { pathname, searchParams } = new URL(url, this.endpoint);
    const api = /^\/api\/models\/([^/]+\/[^/]+)\/(revision|tree)\/([^/]+)\/?(.*)$/.exec(pathname);
    if (api !== null) {
      const [, name = '', kind, , below = ''] = api;
      const repo = this.repos.get(name);
      if (repo === undefined) end(response, 404);
      else if (kind === 'revision') end(response, 200, JSON.stringify({ sha: commit }));
      else this.#tree(repo, decodeURIComponent(below), searchParams, response);
      return;
    }
    const bytes = /^\/(?:content\/)?([^/]+\/[^/]+)\/resolve\/[^/]+\/(.+)$/.exec(pathname);
    const [, name = '', file = ''] = bytes ?? [];
    this.#bytes(server, name, decodeURIComponent(file), { request, response });
  }

  #tree(repo: Repo, below: string, query: URLSearchParams, response: ServerResponse): void {
    const entries =
      this.listing ??
      [...repo.files]
        .filter(([name]) => below === '' || name.startsWith(`${below}/`))
        .map(([name, content]) => entryOf(name, content, repo.large?.has(name) === true));
    if (entries.length === 0) {
      end(response, 404);
      return;
    }
    const from = Number(query.get('cursor') ?? 0);
    const next = from + this.pageSize;
    if (next < entries.length) {
      response.setHeader(
        'link',
        `<${this.endpoint}${this.seen.at(-1)?.url.split('&')[0] ?? ''}&cursor=${next}>; rel="next"`,
      );
    }
    end(response, 200, JSON.stringify(entries.slice(from, next)));
  }

  #bytes(
    server: Seen['server'],
    name: string,
    file: string,
    { request, response }: { request: IncomingMessage; response: ServerResponse },
  ): void {
    const repo = this.repos.get(name);
    const content = repo?.files.get(file);
    if (content === undefined) {
      end(response, 404);
      return;
    }
    if (server === 'hub' && repo?.large?.has(file) === true) {
      response.setHeader('location', `${originOf(this.#content)}/content${request.url ?? ''}`);
      end(response, 302);
      return;
    }
    sendFrom(content, request.headers.range ?? '', response);
  }
}

function originOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function sendFrom(content: Uint8Array, range: string, response: ServerResponse): void {
  const from = Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);
  if (from > 0) {
    response.setHeader('content-range', `bytes ${from}-${content.length - 1}/${content.length}`);
  }
  end(response, from > 0 ? 206 : 200, content.subarray(from));
}

function end(response: ServerResponse, status: number, body: Uint8Array | string = ''): void {
  response.statusCode = status;
  response.end(body);
}

/** An entry of a listing, as the hub writes them. */
export function entryOf(path: string, content: Uint8Array, isLarge = false): object {
  const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
  const entry = { type: 'file', oid, size: content.length, path };
  const sha256 = createHash('sha256').update(content).digest('hex');
  return isLarge
    ? { ...entry, lfs: { oid: sha256, size: content.length, pointerSize: 134 } }
    : entry;
}
