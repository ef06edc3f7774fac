// Downloads against a server on this machine that has the hub's URL layout and misbehaves on request. After every case:
// what has its final name is complete, and everything unfinished is in the folder of parts.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { downloadFiles, type DownloadProgress } from '../../../src/engine/hub/download.ts';
import { listRepo } from '../../../src/engine/hub/listing.ts';
import type { HubAccess } from '../../../src/engine/hub/request.ts';
import type { MonosemError } from '../../../src/shared/errors.ts';
import { entryOf, HubServer } from './hubServer.ts';

const repo = 'owner/name';
const small = new TextEncoder().encode('{"small": true}');
const large = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251);
const sha256 = createHash('sha256').update(large).digest('hex');

const impatience = { attempts: 5, firstWait: 5, stall: 1500 };

describe('a download', () => {
  let server: HubServer;
  let cache: string;
  let access: HubAccess;
  let progress: DownloadProgress[];

  beforeEach(async () => {
    server = new HubServer();
    await server.start();
    server.repos.set(repo, {
      files: new Map([
        ['config.json', small],
        ['deep/weights.bin', large],
        ['empty.json', new Uint8Array()],
      ]),
      large: new Set(['deep/weights.bin']),
    });
    cache = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-hub-'));
    access = {
      endpoint: server.endpoint,
      cache,
      token: 'secret',
      patience: { attempts: 3, firstWait: 5, stall: 20_000 },
    };
    progress = [];
  });
  afterEach(async () => {
    await server.stop();
    fs.rmSync(cache, { recursive: true });
  });

  const part = (): string => path.join(cache, 'parts', `${sha256}.part`);
  const target = (): string => path.join(cache, 'out');

  async function download(signal = new AbortController().signal): Promise<void> {
    const listing = await listRepo(access, { repo, revision: 'main' }, '', signal);
    await downloadFiles(access, listing, target(), {
      signal,
      progress: (value) => progress.push(value),
    });
  }

  /** The failure, after a check that nothing incomplete has a final name. */
  async function failure(signal?: AbortSignal): Promise<MonosemError> {
    const error = await download(signal).then(
      () => undefined,
      (reason: unknown) => reason as MonosemError,
    );
    expect(finished()['deep/weights.bin']).toBeUndefined();
    if (error === undefined) throw new Error('the download did not fail');
    expect(error.message).toMatch(/^[^\n]*[^.\n]\.$/);
    return error;
  }

  /** Files under their final names. */
  function finished(): Record<string, Uint8Array> {
    const found: Record<string, Uint8Array> = {};
    for (const entry of fs.readdirSync(cache, { recursive: true, withFileTypes: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (!entry.isFile() || file.startsWith(path.join(cache, 'parts'))) continue;
      found[path.relative(target(), file).replaceAll(path.sep, '/')] = fs.readFileSync(file);
    }
    return found;
  }

  function expectComplete(): void {
    const found = finished();
    expect(Object.keys(found).sort()).toEqual(['config.json', 'deep/weights.bin', 'empty.json']);
    expect(Buffer.from(large).equals(found['deep/weights.bin'] ?? small)).toBe(true);
    expect(Buffer.from(small).equals(found['config.json'] ?? large)).toBe(true);
    expect(fs.existsSync(part())).toBe(false);
  }

  test('follows redirects, keeps the token from the other server, and reports bytes', async () => {
    await download();
    expectComplete();
    const [content] = server.downloads().filter(({ url }) => url.startsWith('/content/'));
    expect(content).toMatchObject({ server: 'content', authorization: undefined });
    const hub = server.seen.filter((seen) => seen.server === 'hub');
    expect(new Set(hub.map((seen) => seen.authorization))).toEqual(new Set(['Bearer secret']));
    expect(progress.at(-1)).toEqual({
      file: 'deep/weights.bin',
      done: small.length + large.length,
      total: small.length + large.length,
    });
  });

  test('what is there and right is not fetched again, what was changed is', async () => {
    await download();
    server.seen.length = 0;
    await download();
    expect(server.downloads()).toEqual([]);
    fs.writeFileSync(path.join(target(), 'config.json'), '{"small": fals}');
    await download();
    expectComplete();
  });

  test('a listing in pages is read to its end, whichever way the next page is named', async () => {
    server.pageSize = 1;
    await download();
    expectComplete();
    const pages = server.seen.filter(({ url }) => url.includes('/tree/'));
    expect(pages).toHaveLength(3);
    server.mischief = ({ url }, response) => {
      if (!url.includes('/tree/') || url.includes('cursor')) return false;
      response.writeHead(200, { link: `<${url}&cursor=1>;rel="next"` });
      response.end(JSON.stringify([entryOf('config.json', small)]));
      return true;
    };
    fs.rmSync(target(), { recursive: true });
    await download();
    expectComplete();
  });

  test('a connection that is cut again and again is continued from where it broke', async () => {
    server.mischief = ({ url, range }, response) => {
      if (!url.startsWith('/content/')) return false;
      const from = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
      if (from >= 250_000) return false;
      const headers = { 'content-length': large.length - from };
      const bytes = { 'content-range': `bytes ${from}-${large.length - 1}/${large.length}` };
      response.writeHead(from === 0 ? 200 : 206, from === 0 ? headers : { ...headers, ...bytes });
      response.write(large.subarray(from, from + 50_000), () => {
        setTimeout(() => response.destroy(), 20);
      });
      return true;
    };
    await download();
    expectComplete();
    const ranges = server
      .downloads()
      .flatMap(({ server: at, range }) => (at === 'content' ? [range] : []));
    // More cuts than attempts: each made progress. An answer cut before its head arrived is asked for twice.
    expect([...new Set(ranges)]).toEqual([
      undefined,
      ...[50, 100, 150, 200, 250].map((thousands) => `bytes=${thousands}000-`),
    ]);
  });

  test('a body that falls silent counts as cut', async () => {
    access = { ...access, patience: impatience };
    server.mischief = ({ url, count }, response) => {
      if (!url.startsWith('/content/') || count > 0) return false;
      response.writeHead(200, { 'content-length': large.length });
      response.write(large.subarray(0, 1000));
      return true;
    };
    await download();
    expectComplete();
  });

  test('a slow body is waited for as long as something arrives', async () => {
    access = { ...access, patience: impatience };
    server.mischief = ({ url }, response) => {
      if (!url.startsWith('/content/')) return false;
      response.writeHead(200, { 'content-length': large.length });
      let at = 0;
      const timer = setInterval(() => {
        response.write(large.subarray(at, at + 50_000));
        at += 50_000;
        if (at < large.length) return;
        clearInterval(timer);
        response.end();
      }, 400);
      return true;
    };
    await download();
    expectComplete();
    expect(server.downloads().filter((seen) => seen.server === 'content')).toHaveLength(1);
  });

  test('a server that ignores ranges is read from the start', async () => {
    fs.mkdirSync(path.dirname(part()), { recursive: true });
    fs.writeFileSync(part(), large.subarray(0, 1000));
    server.mischief = ({ url }, response) => {
      if (!url.startsWith('/content/')) return false;
      response.end(large);
      return true;
    };
    await download();
    expectComplete();
  });

  test.each([
    ['a range that starts elsewhere', 206, { 'content-range': 'bytes 5-299999/300000' }],
    ['a refusal of the range', 416, {}],
  ])('%s starts the file anew', async (_name, status, headers) => {
    fs.mkdirSync(path.dirname(part()), { recursive: true });
    fs.writeFileSync(part(), large.subarray(0, 1000));
    server.mischief = ({ url, range }, response) => {
      if (!url.startsWith('/content/') || range === undefined) return false;
      response.writeHead(status, headers);
      response.end();
      return true;
    };
    await download();
    expectComplete();
  });

  test('a part longer than the file, and one of other content, are thrown away', async () => {
    fs.mkdirSync(path.dirname(part()), { recursive: true });
    fs.writeFileSync(part(), new Uint8Array(large.length + 1));
    await download();
    expectComplete();
    fs.rmSync(target(), { recursive: true });
    fs.writeFileSync(part(), new Uint8Array(1000));
    expect(await failure()).toMatchObject({ code: 'fileDamaged' });
    expect(fs.existsSync(part())).toBe(false);
    await download();
    expectComplete();
  });

  test.each([
    ['other content', Uint8Array.from(large, (byte) => byte ^ 1)],
    ['more than was announced', new Uint8Array(large.length + 1)],
  ])('%s is refused and not kept', async (_name, body) => {
    server.mischief = ({ url }, response) => {
      if (!url.startsWith('/content/')) return false;
      response.end(body);
      return true;
    };
    const error = await failure();
    expect(error.code).toBe('fileDamaged');
    expect(error.message).toContain('deep/weights.bin in owner/name');
    if (body.length === large.length) expect(fs.existsSync(part())).toBe(false);
    server.mischief = () => false;
    await download().catch(() => download());
    expectComplete();
  });

  test('cancelling leaves the part, and the next download continues it', async () => {
    const stop = new AbortController();
    server.mischief = ({ url, range }, response) => {
      if (!url.startsWith('/content/') || range !== undefined) return false;
      response.writeHead(200, { 'content-length': large.length });
      response.write(large.subarray(0, 120_000), () => {
        setTimeout(() => {
          stop.abort();
        }, 50);
      });
      return true;
    };
    expect(await failure(stop.signal)).toMatchObject({ code: 'cancelled' });
    expect(fs.statSync(part()).size).toBe(120_000);
    await download();
    expectComplete();
    const contents = server.downloads().filter((seen) => seen.server === 'content');
    expect(contents.at(-1)?.range).toBe('bytes=120000-');
  });

  test.each([
    [401, 'hubDenied', 1, /token for owner\/name \(401\)/],
    [403, 'hubDenied', 1, /accept its terms/],
    [404, 'hubMissing', 1, /owner\/name is not on 127\.0\.0\.1:\d+ \(404\)/],
    [418, 'hubFailed', 1, /status 418/],
    [429, 'hubFailed', 3, /\(429\)/],
    [500, 'hubFailed', 3, /status 500/],
    [503, 'hubFailed', 3, /status 503/],
  ])('status %i is %s after %i attempts', async (status, code, attempts, sentence) => {
    server.mischief = (_request, response) => {
      response.writeHead(status);
      response.end();
      return true;
    };
    const error = await failure();
    expect(error.code).toBe(code);
    expect(error.message).toMatch(sentence);
    expect(error.message).not.toContain('secret');
    expect(server.seen).toHaveLength(attempts);
  });

  test('without a token, 401 says that one may be needed', async () => {
    const { endpoint, patience } = access;
    access = { endpoint, cache, ...(patience === undefined ? {} : { patience }) };
    server.mischief = (_request, response) => {
      response.writeHead(401);
      response.end();
      return true;
    };
    expect((await failure()).message).toContain('HF_TOKEN');
    expect(server.seen[0]?.authorization).toBeUndefined();
  });

  test('failures that pass are waited out, as long as the server asks', async () => {
    server.mischief = ({ url, count }, response) => {
      if (!url.includes('/revision/') || count > 1) return false;
      response.writeHead(count === 0 ? 429 : 502, count === 0 ? { 'retry-after': '1' } : {});
      response.end();
      return true;
    };
    const start = performance.now();
    await download();
    expectComplete();
    expect(performance.now() - start).toBeGreaterThan(990);
  });

  test('no network is said in a sentence', async () => {
    access = { ...access, endpoint: 'http://127.0.0.1:9' };
    expect(await failure()).toMatchObject({ code: 'hubUnreachable' });
  });

  test('offline, nothing is requested', async () => {
    access = { ...access, offline: true };
    expect(await failure()).toMatchObject({ code: 'hubUnreachable' });
    expect(server.seen).toEqual([]);
  });

  test('a full disk is found before the first byte', async () => {
    server.listing = [{ ...entryOf('deep/weights.bin', large), size: 2 ** 52 }];
    expect(await failure()).toMatchObject({ code: 'diskFull' });
    expect(server.downloads()).toEqual([]);
  });

  test.each([
    '../outside',
    'a/../../outside',
    '/etc/passwd',
    'C:\\outside',
    'C:/outside',
    'a\\..\\b',
    'a//b',
    './a',
    'a/',
    'nul\0byte',
    '..',
    'dots./a',
    '',
  ])('the file name %j stops everything', async (name) => {
    server.listing = [entryOf('config.json', small), entryOf(name, small)];
    expect(await failure()).toMatchObject({ code: 'hubFailed' });
    expect(server.downloads()).toEqual([]);
    expect(finished()).toEqual({});
  });

  test.each([
    ['no hash', { oid: 'x' }],
    ['a hash that is a path', { oid: '../../../../outside', lfs: undefined }],
    ['a negative size', { size: -1 }],
    ['no size', { size: 'many' }],
    ['a size beyond all numbers', { size: 1e300 }],
  ])('an entry with %s is refused', async (_name, change) => {
    server.listing = [{ ...entryOf('config.json', small), ...change }];
    expect(await failure()).toMatchObject({ code: 'hubFailed' });
    expect(server.downloads()).toEqual([]);
  });

  test.each([
    ['a page of another server', '<http://127.0.0.2:1/api>; rel="next"', '[]'],
    ['no JSON', undefined, 'certainly not'],
    ['no list', undefined, '{}'],
    ['strange entries', undefined, '[1]'],
  ])('a listing with %s is refused', async (_name, link, body) => {
    server.mischief = ({ url }, response) => {
      if (!url.includes('/tree/')) return false;
      response.writeHead(200, link === undefined ? {} : { link });
      response.end(body);
      return true;
    };
    expect(await failure()).toMatchObject({ code: 'hubFailed' });
  });

  test('a list without an end is left', async () => {
    server.mischief = ({ url }, response) => {
      if (!url.includes('/tree/')) return false;
      response.writeHead(200, { link: `<${server.endpoint}${url}>; rel="next"` });
      response.end('[]');
      return true;
    };
    expect((await failure()).message).toContain('without an end');
  });

  test.each(['name', 'a/b/c', '../x/y', 'owner/..', 'owner/na--me', 'owner/name?x', 'o w/n', ''])(
    'the repository %j is refused before a request',
    async (name) => {
      const signal = new AbortController().signal;
      const listing = listRepo(access, { repo: name, revision: 'main' }, '', signal);
      await expect(listing).rejects.toMatchObject({ code: 'badArgument' });
      expect(server.seen).toEqual([]);
    },
  );
});
