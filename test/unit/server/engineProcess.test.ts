// The engine process seen from outside: a real fork, real messages.
import { fork } from 'node:child_process';
import { summaryOf } from '../host/batches.ts';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CancellationTokenSource,
  IPCMessageReader,
  IPCMessageWriter,
  ProgressType,
  ResponseError,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { protocolVersion } from '../../../src/shared/engineProtocol.ts';
import type { TokenBatch } from '../../../src/shared/engineProtocol.ts';

const entry = fileURLToPath(new URL('./fakeEngineProcess.ts', import.meta.url));
const source = { model: '/m', saes: ['/s'] };
let child: ChildProcess;
let connection: MessageConnection;

beforeEach(() => {
  child = fork(entry, { serialization: 'advanced', silent: true });
  connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  connection.listen();
});

afterEach(() => {
  connection.dispose();
  child.kill('SIGKILL');
});

let nextToken = 0;
function request(
  method: string,
  params: unknown,
  cancel = new CancellationTokenSource(),
): Promise<unknown> {
  return connection.sendRequest(method, { params, progressToken: nextToken++ }, cancel.token);
}

/** Resolves when the next request reports something. */
function firstBatch(): Promise<TokenBatch> {
  return new Promise((resolve) => {
    const token = nextToken;
    const listening = connection.onProgress(new ProgressType<TokenBatch>(), token, (batch) => {
      listening.dispose();
      resolve(batch);
    });
  });
}

async function codeOf(answer: Promise<unknown>): Promise<unknown> {
  const error: unknown = await answer.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof ResponseError ? (error.data as { code: string }).code : error;
}

const initialize = (): Promise<unknown> => request('initialize', { protocolVersion });

test('the handshake names the process and its versions', async () => {
  const result = await initialize();
  expect(result).toMatchObject({ protocolVersion, processId: child.pid, providers: ['cpu'] });
});

test('another protocol version is refused', async () => {
  const answer = request('initialize', {
    protocolVersion: protocolVersion + 1,
  });
  expect(await codeOf(answer)).toBe('protocolMismatch');
});

test('nothing is answered before the handshake', async () => {
  expect(await codeOf(request('describe', { source }))).toBe('protocolMismatch');
});

test('typed arrays arrive as such, all progress before the answer', async () => {
  await initialize();
  const batches: TokenBatch[] = [];
  const answered = { value: false };
  const token = nextToken;
  const listening = connection.onProgress(new ProgressType<TokenBatch>(), token, (batch) => {
    expect(answered.value).toBe(false);
    batches.push(batch);
  });
  const summary = await request('analyse', {
    source,
    document: 'd',
    text: 'x'.repeat(20),
    topK: 2,
  });
  answered.value = true;
  listening.dispose();
  expect(summary).toEqual(summaryOf(20));
  expect(batches.map((batch) => batch.count)).toEqual([8, 8, 4]);
  for (const batch of batches) {
    expect(batch.starts).toBeInstanceOf(Uint32Array);
    const [reading] = batch.readings;
    expect(reading?.activations).toBeInstanceOf(Float32Array);
    expect(reading?.activations).toHaveLength(batch.count * 2);
  }
});

test('a running call is cancelled between two pieces of work', async () => {
  await initialize();
  const cancel = new CancellationTokenSource();
  const begun = firstBatch();
  const batches = 100_000;
  const params = { source, document: 'd', text: 'slow    '.repeat(batches), topK: 1 };
  const slow = request('analyse', params, cancel);
  await begun;
  cancel.cancel();
  // Uncancelled it would take half an hour.
  expect(await codeOf(slow)).toBe('cancelled');
});

test('someone who waits goes before the rest of a document', async () => {
  await initialize();
  const order: string[] = [];
  const begun = firstBatch();
  const analysis = request('analyse', {
    source,
    document: 'd',
    text: 'slow'.repeat(200),
    topK: 1,
  }).then(() => order.push('analyse'));
  await begun;
  await request('activeFeatures', { source, text: 'abc', limit: 1 });
  order.push('activeFeatures');
  await analysis;
  expect(order).toEqual(['activeFeatures', 'analyse']);
});

test('a model that fails its self-test is logged, once, and any other is not', async () => {
  await initialize();
  let logged = '';
  child.stderr?.on('data', (chunk: Buffer) => (logged += chunk.toString()));
  const params = { document: 'd', text: 'abc', topK: 1 };
  await request('analyse', { ...params, source });
  const altered = { ...source, model: '/altered' };
  await request('analyse', { ...params, source: altered });
  await request('analyse', { ...params, source: altered });
  await vi.waitFor(() => expect(logged).toContain('alters the model'), { timeout: 30_000 });
  await sleep(200);
  expect(logged.match(/alters the model/g)).toHaveLength(1);
});

test('an unknown method is answered', async () => {
  await expect(request('noSuchCall', {})).rejects.toMatchObject({ code: -32601 });
});

test('errors carry their code, defects are called internal and logged', async () => {
  await initialize();
  expect(await codeOf(request('feature', { source, feature: 9, exampleLimit: 1 }))).toBe(
    'unknownFeature',
  );
  let log = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const briefs = request('featureBriefs', { source, features: new Uint32Array([1]) });
  expect(await codeOf(briefs)).toBe('internal');
  await expect.poll(() => log).toContain('TypeError: a defect');
});

test('shutdown is answered, then the process ends', async () => {
  await initialize();
  const exit = once(child, 'exit');
  expect(await request('shutdown', {})).toBeNull();
  expect(await exit).toEqual([0, null]);
});

test('the process ends when its parent is gone', async () => {
  await initialize();
  const exit = once(child, 'exit');
  child.disconnect();
  expect(await exit).toEqual([0, null]);
});
