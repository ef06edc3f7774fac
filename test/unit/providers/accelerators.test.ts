// The embedded model through the engine on every accelerator this machine has, beside the processor: features, losses
// and both continuations of a steered text. WebGPU always runs, on a software Vulkan device where there is no other.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Diagnostics, ModelDiagnostics } from '../../../src/shared/diagnostics.ts';
import { defaultModelFolder, defaultSaeFolder } from '../../../src/shared/defaults.ts';
import { writeWidenedModel } from '../../fixtures/widenedModel.ts';
import { acceleratorNames } from './acceleratorNames.ts';
import {
  deviceEnvironment,
  hasSoftwareDevice,
  runScript,
  type Probe,
  type ProviderRun,
  type ProviderTask,
} from './providerTask.ts';

/**
 * Six blocks in single precision, summed in another order: the software renderer is off by 8e-5 of the largest
 * component after one block, its exponentials and roots being approximations. Features, losses and log probabilities
 * may be off by ten times that.
 */
const tolerance = 1e-3;

/** A software renderer takes a hundred times as long as the processor, and other tests run beside it. */
const softwareTimeout = 900_000;

const env = await deviceEnvironment();
const probe = (await runScript(new URL('./providerProbe.ts', import.meta.url), [], env)) as Probe;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'monosem-accelerators-'));
  // 16-bit weights need 16-bit floats in shaders, which not every device has.
  await writeWidenedModel(defaultModelFolder, folder);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe.each(acceleratorNames)('%s', (provider) => {
  const reason = probe[provider]?.reason ?? 'It was not probed.';
  if (reason !== '') {
    test(`is not here, and says so: ${reason}`, async () => {
      const cli = new URL('../../../src/cli/main.ts', import.meta.url);
      const found = await runScript(cli, ['diagnose', '--json', '--provider', provider], env, 1);
      const { failure } = found as Diagnostics;
      expect(failure).toMatch(/^The model cannot run on /);
      expect(failure).toContain('docs/gpu.md');
    });
    return;
  }

  test(
    'gives the features, losses and continuations of the processor',
    async () => {
      const task: ProviderTask = {
        choice: { model: folder, provider },
        sae: path.resolve(defaultSaeFolder),
        text: 'Once upon a time',
        steps: 2,
      };
      const { there, here } = (await runScript(
        new URL('./providerRun.ts', import.meta.url),
        [JSON.stringify(task)],
        env,
      )) as {
        there: ProviderRun;
        here: ProviderRun;
      };
      expect([there.provider, here.provider]).toEqual([provider, 'cpu']);
      expect(largestDifference(there.losses, here.losses)).toBeLessThan(tolerance);
      expect(largestDifference(there.steered.flat(), here.steered.flat())).toBeLessThan(tolerance);
      expect(there.steered).toHaveLength(2);
      const scale = Math.max(...here.activations);
      expect(scale).toBeGreaterThan(0);
      expect(largestDifference(there.activations, here.activations)).toBeLessThan(
        tolerance * scale,
      );
      // Beside the strongest feature of each of four tokens one weak feature has two places, the other one has one.
      expect(here.followed.filter((activation) => activation > 0)).toHaveLength(4 + 3);
      expect(largestDifference(there.followed, here.followed)).toBeLessThan(tolerance * scale);
      // Features of nearly the same activation may change places, and there are few of them.
      const same = here.features.filter((feature, i) => there.features[i] === feature).length;
      expect(same / here.features.length).toBeGreaterThan(0.9);
    },
    softwareTimeout,
  );
});

test.runIf(hasSoftwareDevice)('WebGPU runs wherever npm brings a device for it', () => {
  expect(probe['webgpu']).toEqual({ reason: '', blockRuns: 2 });
});

test('a verdict is worked out once per model', () => {
  for (const { reason, blockRuns } of Object.values(probe)) {
    expect(blockRuns).toBe(reason === '' ? 2 : 0);
  }
});

/** What `auto` makes of the embedded model where CUDA is hidden. */
async function diagnoseAuto(environment: NodeJS.ProcessEnv): Promise<ModelDiagnostics> {
  const cli = new URL('../../../src/cli/main.ts', import.meta.url);
  const args = ['diagnose', '--json', '--provider', 'auto'];
  const found = await runScript(cli, args, { ...environment, CUDA_VISIBLE_DEVICES: '' });
  const { model } = found as Diagnostics;
  if (model === undefined) throw new Error('The embedded model was not opened.');
  return model;
}

test.runIf(hasSoftwareDevice)(
  'a program that imitates a device does not win',
  async () => {
    const { execution, selfTest } = await diagnoseAuto(env);
    expect(execution).toMatchObject({ provider: 'cpu' });
    expect(execution.reason).toContain('WebGPU is slower');
    const webgpu = execution.attempts.find(({ provider }) => provider === 'webgpu');
    expect(webgpu).toMatchObject({ outcome: 'works' });
    expect(webgpu?.reason).toContain('software');
    expect(selfTest).toMatchObject({ isEqual: true, maxDifference: 0 });
  },
  softwareTimeout,
);

test.runIf(hasSoftwareDevice)('without a driver auto falls back and says why', async () => {
  const withoutDriver = { ...env, VK_ICD_FILENAMES: path.join(folder, 'nothing.json') };
  const { execution } = await diagnoseAuto(withoutDriver);
  expect(execution).toMatchObject({ provider: 'cpu' });
  expect(execution.reason).toContain('WebGPU is not installed');
  const webgpu = execution.attempts.find(({ provider }) => provider === 'webgpu');
  expect(webgpu).toMatchObject({
    outcome: 'missing',
    reason: 'WebGPU found no graphics adapter with a driver.',
  });
});

/** NaN on both sides, the loss of a token nothing precedes, is no difference. */
function largestDifference(a: readonly (number | null)[], b: readonly (number | null)[]): number {
  expect(a).toHaveLength(b.length);
  return a.reduce<number>((largest, value, i) => {
    const other = b[i] ?? null;
    if (value === null && other === null) return largest;
    return Math.max(largest, Math.abs((value ?? NaN) - (other ?? NaN)));
  }, 0);
}
