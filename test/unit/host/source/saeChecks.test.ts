// The checks of SAEs with an engine whose answers are made up here, because what is asked, and how often, matters.
import { afterAll, expect, test } from 'vitest';
import type { EngineClient } from '../../../../src/host/engine/engineClient.ts';
import { SaeChecks } from '../../../../src/host/source/saeChecks.ts';
import type { SaeOutcome } from '../../../../src/host/source/saeChecks.ts';
import { DisposableStore } from '../../../../src/shared/disposable.ts';
import type { CheckSaeParams, Source } from '../../../../src/shared/engineProtocol.ts';
import type { SaeCheck } from '../../../../src/shared/saeCheck.ts';

const listeners = new DisposableStore();
afterAll(() => listeners.dispose());

const source: Source = { model: '/m', saes: ['/good', '/bad'] };

function checkOf(sae: string): SaeCheck {
  const passes = sae === '/good';
  const verdict = `verdict on ${sae}`;
  const remarks = passes ? [] : [`remark on ${sae}`];
  return { name: sae, folder: sae, site: 'x', passes, verdict, remarks, trials: [] };
}

interface Bench {
  readonly checks: SaeChecks;
  readonly asked: string[];
  readonly log: string[];
  readonly told: SaeOutcome[];
  readonly atOnce: { most: number };
}

function bench(): Bench {
  const [asked, log, told]: [string[], string[], SaeOutcome[]] = [[], [], []];
  const atOnce = { most: 0 };
  let running = 0;
  const call = async (_: string, { sae }: CheckSaeParams): Promise<SaeCheck> => {
    asked.push(sae);
    atOnce.most = Math.max(atOnce.most, ++running);
    await Promise.resolve();
    running--;
    if (sae === '/broken') throw new Error('gone');
    return checkOf(sae);
  };
  const checks = new SaeChecks({
    engine: { call } as unknown as EngineClient,
    log: { info: (text) => log.push(`info ${text}`), warn: (text) => log.push(`warn ${text}`) },
  });
  listeners.add(checks.onDidFinish((outcome) => told.push(outcome)));
  return { checks, asked, log, told, atOnce };
}

test('every SAE is checked once, one after the other, and the verdict is logged and told', async () => {
  const { checks, asked, log, told, atOnce } = bench();
  expect(checks.of(source, '/good')).toBeUndefined();
  await Promise.all([checks.check(source), checks.check(source)]);
  const outcomes = await checks.check({ ...source, provider: 'cpu' });
  expect(asked).toEqual(['/good', '/bad']);
  expect(atOnce.most).toBe(1);
  expect(outcomes.map(({ check }) => check?.passes)).toEqual([true, false]);
  expect(told).toEqual(outcomes);
  expect(checks.of(source, '/bad')?.check?.verdict).toBe('verdict on /bad');
  expect(log).toEqual([
    'info SAE check: verdict on /good',
    'warn SAE check: verdict on /bad (/bad)',
    'info SAE check: remark on /bad (/bad)',
  ]);
});

test('another file of the model is another model', async () => {
  const { checks, asked } = bench();
  await checks.check({ model: '/m', saes: ['/good'] });
  await checks.check({ model: '/m', variant: 'onnx/model_q4.onnx', saes: ['/good'] });
  await checks.check({ model: '/n', saes: ['/good'] });
  expect(asked).toHaveLength(3);
});

test('a check that fails is no verdict, is not repeated, and keeps no other from running', async () => {
  const { checks, asked, log } = bench();
  const broken = { model: '/m', saes: ['/broken', '/good'] };
  for (let time = 1; time <= 2; time++) {
    expect(await checks.check(broken)).toMatchObject([
      { sae: '/broken', failure: 'gone' },
      { sae: '/good', check: { passes: true } },
    ]);
  }
  expect(asked).toEqual(['/broken', '/good']);
  expect(log[0]).toBe('warn /broken was not checked: gone');
});

test('what did not pass is looked at again when asked to, what passed is not', async () => {
  const { checks, asked } = bench();
  await checks.check({ ...source, saes: ['/good', '/bad', '/broken'] });
  checks.forgetFailures();
  expect(checks.of(source, '/bad')).toBeUndefined();
  await checks.check({ ...source, saes: ['/good', '/bad', '/broken'] });
  expect(asked).toEqual(['/good', '/bad', '/broken', '/bad', '/broken']);
});
