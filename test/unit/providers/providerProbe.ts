// A process of its own that prints, for every accelerator, why it cannot be used on this machine, and how often its
// verdict on a model was worked out.
import os from 'node:os';
import path from 'node:path';
import { TrialMarks } from '../../../src/engine/files/trialMarks.ts';
import {
  ProviderChooser,
  type TestedModel,
} from '../../../src/engine/onnx/runtime/executionProviders.ts';
import { messageOf } from '../../../src/shared/errors.ts';
import { acceleratorNames } from './acceleratorNames.ts';
import type { Probe } from './providerTask.ts';

const chooser = new ProviderChooser(new TrialMarks(path.join(os.tmpdir(), 'monosem-test-trials')));
const probe: Record<string, Probe[string]> = {};
for (const setting of acceleratorNames) {
  let blockRuns = 0;
  // Every block passes: only loading and the small graphs are asked about.
  const model = (key: string): TestedModel => ({
    key,
    runFirstBlock: () => {
      blockRuns++;
      const verdict = { relativeError: 0, bound: 0, milliseconds: 0, processorMilliseconds: 0 };
      return Promise.resolve(verdict);
    },
  });
  let reason = '';
  for (const key of ['a', 'b', 'a']) {
    await chooser.choose({ setting }, model(key)).catch((error: unknown) => {
      reason = messageOf(error);
    });
  }
  probe[setting] = { reason, blockRuns };
}
process.stdout.write(JSON.stringify(probe));
