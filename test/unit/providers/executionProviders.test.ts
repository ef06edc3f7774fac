import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { TrialMarks } from '../../../src/engine/files/trialMarks.ts';
import {
  ProviderChooser,
  type TestedModel,
} from '../../../src/engine/onnx/runtime/executionProviders.ts';
import { runtimeFolder, whyNotLoadable } from '../../../src/engine/onnx/runtime/nativeLibraries.ts';
import { tryProvider, type BlockVerdict } from '../../../src/engine/onnx/runtime/providerTrial.ts';
import { listExecutionProviders } from '../../../src/engine/onnx/runtime/session.ts';
import {
  timeProduct,
  verifyTinyGraph,
} from '../../../src/engine/onnx/runtime/verificationGraph.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import { useTemporaryFolder } from '../files/temporaryFolder.ts';
import { acceleratorNames } from './acceleratorNames.ts';

const place = useTemporaryFolder();
const known = new Set(listExecutionProviders().map(({ name }) => name));
const absent = acceleratorNames.find((name) => !known.has(name)) ?? 'coreml';

const good: BlockVerdict = {
  relativeError: 1e-6,
  bound: 1e-3,
  milliseconds: 1,
  processorMilliseconds: 2,
};

const untouched: TestedModel = {
  key: 'untouched',
  runFirstBlock: () => Promise.reject(new Error('the model was run')),
};

/** The processor in the part of an accelerator: it loads everywhere, and what it computes is real. */
const candidate = { provider: 'cpu', name: 'The processor', isWanted: true };
const direct = <R>(work: () => Promise<R>): Promise<R> => work();

test('the processor is taken at once when it is asked for', async () => {
  const chooser = new ProviderChooser(new TrialMarks(place()));
  const report = await chooser.choose({ setting: 'cpu' }, untouched);
  expect(report).toEqual({
    provider: 'cpu',
    reason: 'It was asked for.',
    attempts: [{ provider: 'cpu', outcome: 'chosen', reason: 'It was asked for.' }],
  });
});

test('an accelerator asked for in vain is an error that says why and what to do', async () => {
  const chooser = new ProviderChooser(new TrialMarks(place()));
  const failure = chooser.choose({ setting: absent }, untouched);
  await expect(failure).rejects.toMatchObject({ code: 'providerMissing' });
  await expect(failure).rejects.toThrow(
    /onnxruntime has no .* set the execution provider to auto/i,
  );
  await expect(failure).rejects.toThrow('docs/gpu.md');
});

test('auto leaves alone what ended an earlier process, and says so', async () => {
  mkdirSync(place(), { recursive: true });
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  for (const name of acceleratorNames) writeFileSync(place(`${name}.pid`), String(pid));
  const report = await new ProviderChooser(new TrialMarks(place())).choose(
    { setting: 'auto' },
    untouched,
  );
  expect(report.provider).toBe('cpu');
  const tried = acceleratorNames.filter((name) => known.has(name));
  expect(report.attempts.map(({ provider }) => provider)).toEqual([...tried, 'cpu']);
  for (const attempt of report.attempts.slice(0, -1)) {
    expect(attempt.outcome).toBe('failed');
    expect(attempt.reason).toContain('ended the engine');
  }
});

test('a device is not chosen where onnxruntime cannot choose one', async () => {
  const chooser = new ProviderChooser(new TrialMarks(place()));
  const request = { setting: 'webgpu', deviceId: 1 } as const;
  await expect(chooser.choose(request, untouched)).rejects.toMatchObject({ code: 'badArgument' });
});

test('small graphs with known answers come out right, and in finite time', async () => {
  expect(await verifyTinyGraph({ provider: 'cpu' })).toBeUndefined();
  expect(await timeProduct({ provider: 'cpu' })).toBeGreaterThan(0);
});

const trials = [
  {
    block: 'right and fast',
    verdict: good,
    expected: { outcome: 'works', isSlower: false },
    reason: /is right .*1\.0e-6.* no slower than the processor/,
  },
  {
    block: 'right and slow',
    verdict: { ...good, milliseconds: 3 },
    expected: { outcome: 'works', isSlower: true },
    reason: /slower than the processor \(3\.0 ms against 2\.0 ms\)/,
  },
  {
    block: 'wrong',
    verdict: { ...good, relativeError: 0.2 },
    expected: { outcome: 'failed', isSlower: false },
    reason: /off by 2\.0e-1/,
  },
  {
    block: 'full of what is no number',
    verdict: { ...good, relativeError: NaN },
    expected: { outcome: 'failed', isSlower: false },
    reason: /off by NaN/,
  },
];

test.each(trials)('a block that is $block', async ({ verdict, expected, reason }) => {
  const model = { runFirstBlock: () => Promise.resolve(verdict) };
  const trial = await tryProvider(candidate, model, direct);
  expect(trial).toMatchObject(expected);
  expect(trial.reason).toMatch(reason);
});

test('a block that breaks is a reason in the words of onnxruntime', async () => {
  const cause = new Error('Program Gather requires f16 but the device does not support it');
  const error = new MonosemError('runtimeFailed', 'long sentence', { cause });
  const model = { runFirstBlock: () => Promise.reject(error) };
  const trial = await tryProvider(candidate, model, direct);
  expect(trial.outcome).toBe('failed');
  expect(trial.reason).toContain('no 16-bit floats');
});

test.runIf(process.platform === 'linux')(
  'the system’s loader says which library is missing',
  () => {
    expect(whyNotLoadable('libmonosem-nowhere.so.1')).toContain('libmonosem-nowhere.so.1');
    expect(whyNotLoadable(path.join(runtimeFolder(), 'libonnxruntime.so.1'))).toBeUndefined();
  },
);
