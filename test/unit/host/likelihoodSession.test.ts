// Measurements with answers made up here, because the order of events is what matters.
import { expect, test } from 'vitest';
import type { EngineClient } from '../../../src/host/engine/engineClient.ts';
import { Directions } from '../../../src/host/steering/directions.ts';
import { LikelihoodSession } from '../../../src/host/views/likelihoodSession.ts';
import type { Source } from '../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import type { ToSteerView } from '../../../src/shared/webviewProtocol.ts';

interface Call {
  readonly name: string;
  readonly params: unknown;
  readonly signal: AbortSignal;
}

const request = { measurement: 1, prompt: 'Once', continuation: ' upon', edits: [], chat: true };

function session(answer: (call: Call) => Promise<unknown>) {
  const sent: ToSteerView[] = [];
  const call = (name: string, params: unknown, options: Pick<Call, 'signal'>): Promise<unknown> =>
    answer({ name, params, ...options });
  const engine = { call } as unknown as EngineClient;
  const source = (): Promise<Source> => Promise.resolve({ model: '/m', saes: ['/s'] });
  const made = new LikelihoodSession({
    ...{ engine, source, directions: new Directions({ engine, model: source }) },
    post: (message) => sent.push(message),
  });
  return { made, sent };
}

test('what is asked goes to the engine as it is, and its answer to the view', async () => {
  const { made, sent } = session(({ name, params }) => Promise.resolve({ name, params }));
  await made.measure(request);
  expect(sent).toEqual([
    {
      ...{ kind: 'likelihoodMeasured', measurement: 1 },
      effect: {
        name: 'continuationEffect',
        params: {
          ...{ source: { model: '/m', saes: ['/s'] }, prompt: 'Once', continuation: ' upon' },
          ...{ edits: [], chat: true },
        },
      },
    },
  ]);
});

test('another measurement takes the place of the first, which is cancelled and says nothing more', async () => {
  const signals: AbortSignal[] = [];
  const { made, sent } = session(async ({ signal }) => {
    signals.push(signal);
    await Promise.resolve();
    if (signal.aborted) throw new MonosemError('cancelled', 'cancelled');
    return {};
  });
  await Promise.all([made.measure(request), made.measure({ ...request, measurement: 2 })]);
  expect(sent).toEqual([
    { kind: 'likelihoodStopped', measurement: 1 },
    { kind: 'likelihoodMeasured', measurement: 2, effect: {} },
  ]);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
});

test('a measurement is stopped once, and a panel that is closed hears nothing', async () => {
  const { made, sent } = session(() => Promise.resolve({}));
  const stopped = made.measure(request);
  made.stop();
  made.stop();
  await stopped;
  const unheard = made.measure({ ...request, measurement: 2 });
  made.dispose();
  await unheard;
  expect(sent).toEqual([{ kind: 'likelihoodStopped', measurement: 1 }]);
});

test('a measurement that fails says why', async () => {
  const { made, sent } = session(() => Promise.reject(new MonosemError('tooManyTokens', 'No.')));
  await made.measure(request);
  expect(sent).toEqual([{ kind: 'likelihoodFailed', measurement: 1, message: 'No.' }]);
});
