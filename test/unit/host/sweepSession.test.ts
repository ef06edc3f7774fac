// Sweeps with answers made up here, because the order of events is what matters.
import { expect, test } from 'vitest';
import type { EngineClient } from '../../../src/host/engine/engineClient.ts';
import { Directions } from '../../../src/host/steering/directions.ts';
import { SweepSession } from '../../../src/host/views/sweepSession.ts';
import type { Source } from '../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import type { ToSteerView } from '../../../src/shared/webviewProtocol.ts';

interface Options {
  readonly onProgress: (progress: { readonly done: number; readonly of: number }) => void;
  readonly signal: AbortSignal;
}

const request = {
  ...{ sweep: 1, swept: 0, amounts: [0, 1], prompt: 'Once', edits: [] },
  settings: { maxTokens: 5, temperature: 0, seed: 1 },
};

function session(answer: (options: Options, params: unknown) => Promise<unknown>) {
  const sent: ToSteerView[] = [];
  const call = (_: string, params: unknown, options: Options): Promise<unknown> =>
    answer(options, params);
  const engine = { call } as unknown as EngineClient;
  const source = (): Promise<Source> => Promise.resolve({ model: '/m', saes: ['/s'] });
  const made = new SweepSession({
    ...{ engine, source, directions: new Directions({ engine, model: source }) },
    post: (message) => sent.push(message),
  });
  return { made, sent };
}

test('a sweep tells its progress and its result, and passes everything on', async () => {
  const { made, sent } = session((options, params) => {
    options.onProgress({ done: 1, of: 7 });
    return Promise.resolve(params);
  });
  await made.sweep(request);
  expect(sent).toEqual([
    { kind: 'sweepProgress', sweep: 1, done: 1, of: 7 },
    {
      ...{ kind: 'sweepFinished', sweep: 1 },
      result: {
        ...{ source: { model: '/m', saes: ['/s'] }, prompt: 'Once', edits: [] },
        ...{ swept: 0, amounts: [0, 1], maxTokens: 5, temperature: 0, seed: 1 },
      },
    },
  ]);
});

test('another sweep takes the place of the first, which says nothing more', async () => {
  const { made, sent } = session(async ({ signal, onProgress }) => {
    await Promise.resolve();
    await Promise.resolve();
    onProgress({ done: 1, of: 1 });
    if (signal.aborted) throw new MonosemError('cancelled', 'cancelled');
    return {};
  });
  await Promise.all([made.sweep(request), made.sweep({ ...request, sweep: 2 })]);
  expect(sent.map((message) => ['sweep' in message && message.sweep, message.kind])).toEqual([
    [1, 'sweepStopped'],
    [2, 'sweepProgress'],
    [2, 'sweepFinished'],
  ]);
});

test('a sweep that fails says why', async () => {
  const { made, sent } = session(() => Promise.reject(new MonosemError('badEdit', 'No.')));
  await made.sweep(request);
  expect(sent).toEqual([{ kind: 'sweepFailed', sweep: 1, message: 'No.' }]);
});

test('a direction goes by its name; one that nobody made is refused before anything runs', async () => {
  const { made, sent } = session(() => Promise.reject(new MonosemError('internal', 'Asked.')));
  const edit = { site: 'hook_embed', name: 'calm', operation: 'add', amount: 1 } as const;
  await made.sweep({ ...request, edits: [edit] });
  expect(sent).toEqual([
    {
      ...{ kind: 'sweepFailed', sweep: 1 },
      message: 'There is no direction "calm" here; make it first, or remove its edit.',
    },
  ]);
});
