// The hub's calls through the real engine process, against a server on this machine: progress, cancellation, what is
// there afterwards, that no download keeps anybody from analysing, and that the token stays between engine and hub.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { EngineClient } from '../../../src/host/engine/engineClient.ts';
import { EngineProcess } from '../../../src/host/engine/engineProcess.ts';
import type { DownloadProgress, HubPlace } from '../../../src/shared/hubProtocol.ts';
import { writeBundle } from '../../fixtures/bundle.ts';
import { HubServer } from '../hub/hubServer.ts';

const entry = fileURLToPath(new URL('../../../src/engine/server/main.ts', import.meta.url));
const token = 'hf_neverToBeSeen';
const weights = Uint8Array.from({ length: 400_000 }, (_, i) => (i * 7919) % 251);
const half = 200_000;

let scratch: string;
let model: string;
let files: ReadonlyMap<string, Uint8Array>;
let saeFiles: ReadonlyMap<string, Uint8Array>;
let server: HubServer;
let engine: EngineClient;
let hub: HubPlace;
let logged: string[];

/** All files below a folder, with `/`. */
function filesOf(folder: string): string[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((found) => found.isFile())
    .map((found) => path.relative(folder, path.join(found.parentPath, found.name)))
    .map((name) => name.replaceAll(path.sep, '/'))
    .sort();
}

function contentOf(folder: string): Map<string, Uint8Array> {
  return new Map(
    filesOf(folder).map((name) => [name, new Uint8Array(fs.readFileSync(path.join(folder, name)))]),
  );
}

beforeAll(async () => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'monosem-hubCalls-'));
  model = path.join(scratch, 'model');
  await writeBundle(model, {
    decoder: { kind: 'llama', seed: 1 },
    sae: { architecture: 'topk', k: 4 },
    seed: 2,
  });
  const all = [...contentOf(model)];
  files = new Map(all.filter(([name]) => !name.startsWith('sae/')));
  saeFiles = contentOf(path.join(model, 'sae'));
});
afterAll(() => {
  fs.rmSync(scratch, { recursive: true });
});

beforeEach(async () => {
  server = new HubServer();
  await server.start();
  server.repos.set('lab/model', {
    files: new Map([...files, ['onnx/model_q4.onnx', weights]]),
    large: new Set(['onnx/model_q4.onnx']),
  });
  const layers = [0, 1].flatMap((layer) =>
    [...saeFiles].map(([name, content]) => [`layer_${layer}/${name}`, content] as const),
  );
  server.repos.set('lab/saes', { files: new Map(layers) });
  hub = {
    endpoint: server.endpoint,
    cache: fs.mkdtempSync(path.join(scratch, 'cache-')),
    token,
  };
  logged = [];
  const write = (line: string): void => {
    logged.push(line);
  };
  const log = { info: write, warn: write, error: write };
  engine = new EngineClient({ start: () => new EngineProcess(entry, log), log });
});
afterEach(async () => {
  engine.dispose();
  await server.stop();
  // Whatever a test did: the token is in no line of any log.
  expect(logged.join('\n')).not.toContain(token);
});

const q4 = 'onnx/model_q4.onnx';

/** The content server sends `half` bytes of the large file, then nothing more until it is released. */
function heldBack(): { readonly arrived: Promise<void>; readonly release: () => void } {
  let arrive = (): void => undefined;
  let release = (): void => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  server.mischief = ({ url, range }, response) => {
    if (!url.startsWith('/content/') || range !== undefined) return false;
    response.setHeader('content-length', weights.length);
    response.write(weights.subarray(0, half), () => arrive());
    release = () => response.end(weights.subarray(half));
    return true;
  };
  return { arrived, release: () => release() };
}

test('a model is added, listed and removed, and its progress told', async () => {
  const progress: DownloadProgress[] = [];
  const added = await engine.call(
    'addModel',
    { hub, repo: 'lab/model', variant: q4 },
    { onProgress: (value) => progress.push(value) },
  );
  expect(added).toMatchObject({
    ...{ id: 'lab/model', kind: 'model', repo: 'lab/model', variant: q4, isOffline: false },
    place: path.join(hub.cache, 'models', 'lab', 'model'),
  });
  expect(filesOf(added.place)).toContain(q4);
  const last = progress.at(-1);
  expect(last?.done).toBe(last?.total);
  expect(progress.map(({ file }) => file)).toContain(q4);
  const [download] = await engine.call('listDownloads', { hub });
  expect({ ...download, isOffline: false }).toEqual(added);
  expect(await engine.call('removeDownload', { hub, id: 'lab/model' })).toEqual(download);
  expect(await engine.call('listDownloads', { hub })).toEqual([]);
});

test('what a repository offers is listed, and nothing of it fetched', async () => {
  expect((await engine.call('catalogue', {})).models.map(({ id }) => id)).toContain('gpt2');
  const { variants } = await engine.call('modelOffer', { hub, repo: 'lab/model' });
  expect(variants.map(({ variant }) => variant)).toEqual(['onnx/model.onnx', q4]);
  expect(variants[1]?.bytes).toBe(weights.length);
  const { saes } = await engine.call('saeOffer', { hub, repo: 'lab/saes' });
  expect(saes.map((sae) => sae.path)).toEqual(['layer_0', 'layer_1']);
  expect(server.downloads()).toEqual([]);
  await expect(engine.call('saeOffer', { hub, repo: 'lab/none' })).rejects.toMatchObject({
    code: 'hubMissing',
  });
});

test('one SAE out of several; which one must be said', async () => {
  const call = engine.call('addSae', { hub, repo: 'lab/saes' });
  await expect(call).rejects.toMatchObject({ code: 'badArgument' });
  const params = { hub, repo: 'lab/saes', path: 'layer_1', model: 'lab/original' };
  const added = await engine.call('addSae', params);
  expect(added).toMatchObject({ id: 'lab/saes/layer_1', kind: 'sae', model: 'lab/original' });
  expect(contentOf(added.place)).toEqual(saeFiles);
  expect(await engine.call('addSae', { ...params, hub: { ...hub, offline: true } })).toEqual({
    ...added,
    isOffline: true,
  });
});

test('a cancelled download leaves nothing under a final name and continues later', async () => {
  const { arrived } = heldBack();
  const stop = new AbortController();
  const params = { hub, repo: 'lab/model', variant: q4 };
  const call = engine.call('addModel', params, {
    signal: stop.signal,
    onProgress: ({ file, done }) => {
      if (file === q4 && done >= half) stop.abort();
    },
  });
  await arrived;
  await expect(call).rejects.toMatchObject({ code: 'cancelled' });
  expect(filesOf(hub.cache).filter((name) => name.includes(q4))).toEqual([]);
  expect(await engine.call('listDownloads', { hub })).toEqual([]);
  await engine.call('addModel', params);
  const ranges = server.seen.filter(({ server: which }) => which === 'content');
  expect(ranges.map(({ range }) => range)).toEqual([undefined, `bytes=${half}-`]);
});

test('while a download waits for its bytes, a text is analysed', async () => {
  const { arrived, release } = heldBack();
  let isOver = false;
  const call = engine.call('addModel', { hub, repo: 'lab/model', variant: q4 }).finally(() => {
    isOver = true;
  });
  await arrived;
  const source = { model, saes: [path.join(model, 'sae')] };
  const summary = await engine.call('analyse', {
    ...{ source, document: 'd', text: 'w5 w6 w7', topK: 2 },
  });
  expect(summary.tokens).toBe(3);
  expect(isOver).toBe(false);
  release();
  expect(await call).toMatchObject({ id: 'lab/model' });
});

test('the token goes to the hub with the call that has it, and into no file', async () => {
  await engine.call('addModel', { hub, repo: 'lab/model', variant: q4 });
  const sent = server.seen.map(({ server: which, authorization }) => [which, authorization]);
  expect(sent).toContainEqual(['hub', `Bearer ${token}`]);
  expect(sent).toContainEqual(['content', undefined]);
  expect(sent).not.toContainEqual(['hub', undefined]);
  for (const [name, content] of contentOf(hub.cache)) {
    expect([name, Buffer.from(content).includes(token)]).toEqual([name, false]);
  }
  server.seen.length = 0;
  const without = { endpoint: hub.endpoint, cache: hub.cache };
  await engine.call('addSae', { hub: without, repo: 'lab/saes', path: 'layer_0' });
  expect(server.seen.every(({ authorization }) => authorization === undefined)).toBe(true);
});

test.each([401, 403])('status %i is a denial, and its sentence holds no token', async (status) => {
  server.mischief = (_, response) => {
    response.statusCode = status;
    response.end();
    return true;
  };
  const call = engine.call('addModel', { hub, repo: 'lab/model' });
  await expect(call).rejects.toMatchObject({
    code: 'hubDenied',
    message: expect.stringMatching(new RegExp(`\\(${status}\\).*\\.$`)) as string,
  });
  await expect(call).rejects.not.toThrow(token);
});

test('a token that no header takes is refused, and not repeated', async () => {
  const broken = { ...hub, token: `${token}\n${token}` };
  const call = engine.call('addModel', { hub: broken, repo: 'lab/model' });
  await expect(call).rejects.toMatchObject({ code: 'hubDenied' });
  await expect(call).rejects.not.toThrow(token);
  expect(server.seen).toEqual([]);
});

test('a place that is none is refused', async () => {
  const elsewhere = { ...hub, endpoint: 'file:///etc' };
  await expect(engine.call('listDownloads', { hub: elsewhere })).rejects.toMatchObject({
    code: 'badArgument',
  });
  const relative = { ...hub, cache: 'cache' };
  await expect(engine.call('listDownloads', { hub: relative })).rejects.toMatchObject({
    code: 'badArgument',
  });
});
