// Downloads by several processes at once, as the command line and two windows of the editor are, and onto disks that
// take no more: real processes and real refusals of the operating system, against a server that waits for the test.
import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import type { ServerResponse } from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { addSae, type DownloadProgress, type HubAccess } from '../../../src/engine/engine.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import { HubServer } from './hubServer.ts';

const repo = 'lab/sae';
const params = { repo, revision: 'main' };
const config = new TextEncoder().encode('{"k": 1}');
const weights = Uint8Array.from({ length: 400_000 }, (_, i) => (i * 31) % 253);
const sha256 = createHash('sha256').update(weights).digest('hex');
const half = weights.length / 2;

interface Finished {
  readonly code: number | null;
  readonly err: string;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await wait(10);
}

describe('downloads', () => {
  const at = useTemporaryFolder();
  const cache = (): string => at('monosem');
  const part = (): string => path.join(cache(), 'parts', `${sha256}.part`);
  const target = (): string => path.join(cache(), 'saes', repo, 'sae.safetensors');
  let server: HubServer;
  let access: HubAccess;
  let children: ChildProcess[];

  beforeEach(async () => {
    server = new HubServer();
    await server.start();
    const files = new Map([
      ['cfg.json', config],
      ['sae.safetensors', weights],
    ]);
    server.repos.set(repo, { files, large: new Set(['sae.safetensors']) });
    access = { endpoint: server.endpoint, cache: cache() };
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    await server.stop();
  });

  /** The command in a process of its own. */
  function monosem(limit = ''): { child: ChildProcess; finished: Promise<Finished> } {
    const env = { ...process.env, HF_ENDPOINT: server.endpoint, HF_HOME: at(), HF_TOKEN: '' };
    const command = `${limit} exec "$0" --disable-warning=ExperimentalWarning src/cli/main.ts add sae ${repo}`;
    const child = spawn('sh', ['-c', command, process.execPath], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    const finished = Promise.all([once(child, 'exit'), text(child.stderr)]).then(
      ([[code], err]) => ({
        code: code as number | null,
        err,
      }),
    );
    return { child, finished };
  }

  /** The first answer with the weights stops half-way, until the returned function sends the rest. */
  function holdFirst(): () => void {
    let held: ServerResponse | undefined;
    server.mischief = ({ url }, response) => {
      if (!url.startsWith('/content/') || held !== undefined) return false;
      held = response;
      response.writeHead(200, { 'content-length': weights.length });
      response.write(weights.subarray(0, half));
      return true;
    };
    return () => held?.end(weights.subarray(half));
  }

  /** The same download in this process, and a promise that it waits for another one. */
  function second(): { done: Promise<unknown>; waits: Promise<void> } {
    let isWaiting = false;
    const progress = ({ done }: DownloadProgress): void => {
      if (done >= half) isWaiting = true;
    };
    const { signal } = new AbortController();
    return {
      done: addSae(access, params, { signal, progress }),
      waits: until(() => isWaiting),
    };
  }

  const requests = (): (string | undefined)[] =>
    server
      .downloads()
      .filter((seen) => seen.server === 'content')
      .map(({ range }) => range);

  function expectComplete(): void {
    expect(Buffer.from(weights).equals(fs.readFileSync(target()))).toBe(true);
    expect(fs.readdirSync(path.dirname(part()))).toEqual([]);
  }

  test('a second process waits for the first, tells how far it is, and requests nothing', async () => {
    const release = holdFirst();
    const first = monosem();
    await until(() => fs.existsSync(part()) && fs.statSync(part()).size === half);
    const { done, waits } = second();
    await waits;
    expect(requests()).toEqual([undefined]);
    release();
    expect(await first.finished).toEqual({ code: 0, err: '' });
    await done;
    expectComplete();
    expect(requests()).toEqual([undefined]);
  });

  test('when the first is killed, the second continues what it left', async () => {
    holdFirst();
    const first = monosem();
    await until(() => fs.existsSync(part()) && fs.statSync(part()).size === half);
    const { done, waits } = second();
    await waits;
    first.child.kill('SIGKILL');
    await done;
    expectComplete();
    expect(requests()).toEqual([undefined, `bytes=${half}-`]);
  });

  test('waiting for another process can be cancelled', async () => {
    const release = holdFirst();
    const first = monosem();
    await until(() => fs.existsSync(part()) && fs.statSync(part()).size === half);
    const stop = new AbortController();
    const progress = ({ done }: DownloadProgress): void => {
      if (done >= half) stop.abort();
    };
    const stopped = addSae(access, params, { signal: stop.signal, progress });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    release();
    expect(await first.finished).toEqual({ code: 0, err: '' });
    expectComplete();
  });

  test('of many processes at once, one downloads and all succeed', async () => {
    const all = await Promise.all(
      [monosem(), monosem(), monosem()].map(({ finished }) => finished),
    );
    expect(all).toEqual(all.map(() => ({ code: 0, err: '' })));
    expectComplete();
    expect(requests()).toEqual([undefined]);
  });

  // The unit of the limit is 512 or 1024 bytes: a quarter or a half of the file.
  test('a disk that takes no more is said in a sentence, and the download continues later', async () => {
    const { code, err } = await monosem('ulimit -f 200;').finished;
    expect(code).toBe(1);
    expect(err).toMatch(
      /^monosem: sae\.safetensors in lab\/sae could not be written to [^\n]*\.\n$/,
    );
    expect(err).toContain('cannot become that large');
    expect(fs.existsSync(target())).toBe(false);
    const kept = fs.statSync(part()).size;
    expect(kept).toBeGreaterThan(0);
    expect(fs.readdirSync(path.dirname(part()))).toEqual([path.basename(part())]);
    expect(await monosem().finished).toEqual({ code: 0, err: '' });
    expectComplete();
    expect(requests()).toEqual([undefined, `bytes=${kept}-`]);
  });

  // Linux has a device that is always full.
  if (process.platform === 'linux') {
    test('a full disk is said in a sentence, and nothing has a final name', async () => {
      fs.mkdirSync(path.dirname(part()), { recursive: true });
      fs.symlinkSync('/dev/full', part());
      const { code, err } = await monosem().finished;
      expect(code).toBe(1);
      expect(err).toMatch(
        /^monosem: sae\.safetensors in lab\/sae [^\n]*: the disk is full; [^\n]*\.\n$/,
      );
      expect(fs.existsSync(target())).toBe(false);
      fs.rmSync(part());
      expect(await monosem().finished).toEqual({ code: 0, err: '' });
      expectComplete();
    });
  }
});
