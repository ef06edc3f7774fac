// The client against a real engine process (real server, a façade that computes nothing): crashes, retries, giving up.
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { EngineClient } from '../../../src/host/engine/engineClient.ts';
import type { EngineState } from '../../../src/host/engine/engineClient.ts';
import { EngineProcess } from '../../../src/host/engine/engineProcess.ts';
import type { Log } from '../../../src/host/engine/engineProcess.ts';
import { RestartPolicy, crashLimit } from '../../../src/host/engine/restartPolicy.ts';
import type { SteerParams, TokenBatch } from '../../../src/shared/engineProtocol.ts';

const entry = fileURLToPath(new URL('../server/fakeEngineProcess.ts', import.meta.url));
const source = { model: '/m', saes: ['/s'] };
const clients: { dispose(): void }[] = [];

class EagerPolicy extends RestartPolicy {
  override get delayMs(): number {
    return 0;
  }
}

function client(file = entry): { engine: EngineClient; lines: string[]; states: EngineState[] } {
  const lines: string[] = [];
  const write = (message: string): void => void lines.push(message);
  const log: Log = { info: write, warn: write, error: write };
  let starts = 0;
  const engine = new EngineClient({
    start: () => {
      process.env['FAKE_ENGINE_STARTS'] = String(++starts);
      return new EngineProcess(file, log);
    },
    log,
    policy: new EagerPolicy(),
  });
  clients.push(engine);
  const states: EngineState[] = [];
  clients.push(engine.onDidChangeState((state) => states.push(state)));
  return { engine, lines, states };
}

afterEach(() => {
  for (const engine of clients.splice(0)) engine.dispose();
});

const steer = (prompt: string): SteerParams => ({
  source,
  prompt,
  edits: [],
  maxTokens: 5,
  temperature: 0,
  seed: 1,
});

test('starts on the first call only, and once for two calls at the same time', async () => {
  const { engine, states } = client();
  expect(engine.pid).toBeUndefined();
  const [a, b] = await Promise.all([
    engine.call('describe', { source }),
    engine.call('describe', { source }),
  ]);
  expect(a).toEqual(b);
  expect(states).toEqual(['starting', 'running']);
});

test('progress and typed arrays arrive', async () => {
  const { engine } = client();
  const batches: TokenBatch[] = [];
  const summary = await engine.call(
    'analyse',
    { source, document: 'd', text: 'ten tokens', topK: 1 },
    { onProgress: (batch) => batches.push(batch) },
  );
  expect(summary.tokens).toBe(10);
  expect(batches.map(({ readings }) => readings[0]?.features)).toEqual([
    new Uint32Array(8).fill(7),
    new Uint32Array(2).fill(7),
  ]);
});

test('errors arrive with their code', async () => {
  const { engine } = client();
  const answer = engine.call('activeFeatures', { source, text: 'x', limit: 1 });
  expect((await answer)[0]?.peakToken).toBe('x');
  await expect(
    engine.call('featureBriefs', { source, sae: '/s', features: new Uint32Array(1) }),
  ).rejects.toMatchObject({ name: 'MonosemError', code: 'internal' });
});

test('an aborted call is cancelled, an aborted one before its start never asks', async () => {
  const { engine } = client();
  const controller = new AbortController();
  const slow = engine.call(
    'analyse',
    { source, document: 'd', text: 'slow'.repeat(500), topK: 1 },
    { signal: controller.signal, onProgress: () => controller.abort() },
  );
  await expect(slow).rejects.toMatchObject({ code: 'cancelled' });
  await expect(
    engine.call('describe', { source }, { signal: controller.signal }),
  ).rejects.toMatchObject({ code: 'cancelled' });
});

test('an engine killed during a call is started again and the call is answered', async () => {
  const { engine, states } = client();
  let isKilled = false;
  let retries = 0;
  const result = await engine.call('steer', steer('once upon'), {
    onProgress: () => {
      if (isKilled || engine.pid === undefined) return;
      isKilled = true;
      process.kill(engine.pid, 'SIGKILL');
    },
    onRetry: () => retries++,
  });
  expect(result.samples[0]?.baseline.text).toBe('bbbbb');
  expect(retries).toBe(1);
  expect(states).toEqual(['starting', 'running', 'crashed', 'starting', 'running']);
});

test('an engine that crashes again on the same question fails it with a reason, and lives on', async () => {
  const { engine } = client();
  const answer = engine.call('analyse', { source, document: 'd', text: 'die', topK: 1 });
  await expect(answer).rejects.toMatchObject({ code: 'engineStopped' });
  expect(await engine.call('describe', { source })).toMatchObject({ model: { name: 'fake' } });
});

test('after too many crashes it gives up until it is restarted by hand', async () => {
  const { engine } = client();
  const die = (): Promise<unknown> =>
    engine
      .call('analyse', { source, document: 'd', text: 'die', topK: 1 })
      .catch((error: unknown) => error);
  for (let crashes = 0; crashes < crashLimit; crashes += 2) await die();
  expect(engine.state).toBe('givenUp');
  await expect(engine.call('describe', { source })).rejects.toMatchObject({
    code: 'engineStopped',
    message: expect.stringContaining('restart the engine') as string,
  });
  await engine.restart();
  expect(await engine.call('describe', { source })).toMatchObject({ model: { name: 'fake' } });
});

test('an engine that does not start says so', async () => {
  const { engine, lines } = client('/does/not/exist/engine.cjs');
  await expect(engine.call('describe', { source })).rejects.toMatchObject({
    code: 'engineStopped',
  });
  await expect.poll(() => lines.join('\n')).toContain('Cannot find module');
});

test('a start that is overtaken by a stop leaves no process behind', async () => {
  const { engine, states } = client();
  const overtaken = engine.call('describe', { source });
  await engine.stop();
  await expect(overtaken).rejects.toMatchObject({ code: 'engineStopped' });
  await engine.call('describe', { source });
  expect(states).toEqual(['starting', 'stopped', 'starting', 'running']);
  engine.dispose();
  await expect(engine.call('describe', { source })).rejects.toMatchObject({
    code: 'engineStopped',
  });
});

test('stop ends the process cleanly and the next call starts a new one', async () => {
  const { engine, states } = client();
  await engine.call('describe', { source });
  const first = engine.pid;
  await engine.stop();
  expect(engine.pid).toBeUndefined();
  await sleep(20);
  await engine.call('describe', { source });
  expect(engine.pid).not.toBe(first);
  expect(states).toEqual(['starting', 'running', 'stopped', 'starting', 'running']);
});
