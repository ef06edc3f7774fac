// A process of its own that uses a model through the engine on one execution provider and on the processor, and prints
// both results as JSON. A process, because graphics drivers are chosen by environment variables that count only at its
// start, and because a driver may end it.
import process from 'node:process';
import { Engine } from '../../../src/engine/engine.ts';
import type { ProviderSetting, TokenBatch } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';
import type { ProviderRun, ProviderTask } from './providerTask.ts';

const { choice, sae, text, steps } = JSON.parse(process.argv[2] ?? '') as ProviderTask;
const context = { signal: { aborted: false }, progress: () => undefined };
const engine = Engine.create();

async function runOn(provider: ProviderSetting): Promise<ProviderRun> {
  const source = { ...choice, provider, saes: [sae] };
  const { model } = await engine.describe({ source });
  const batches: TokenBatch[] = [];
  await engine.analyse(
    { source, document: 'text', text, topK: 8, loss: true },
    { signal: context.signal, progress: (batch) => batches.push(batch) },
  );
  const followed = [1282, 1874].map((feature) => ({ sae, feature: featureIndex(feature) }));
  const weak: number[] = [];
  await engine.analyse(
    { source, document: 'followed', text, topK: 1, followed },
    {
      signal: context.signal,
      progress: ({ readings }) => {
        for (const { activations } of readings) weak.push(...activations);
      },
    },
  );
  const { samples } = await engine.steer(
    {
      source,
      prompt: text,
      edits: [{ sae, feature: featureIndex(7), operation: 'add', amount: 3 }],
      maxTokens: steps,
      temperature: 0,
      seed: 0,
    },
    context,
  );
  const readings = batches.flatMap((batch) => batch.readings);
  return {
    provider: model.provider,
    features: readings.flatMap((reading) => Array.from(reading.features)),
    activations: readings.flatMap((reading) => Array.from(reading.activations)),
    followed: weak,
    losses: batches.map((batch) => Array.from(batch.losses ?? [])).flat(),
    steered: samples
      .flatMap((sample) => sample.steps)
      .map((step) => [step.baseline?.logProbability ?? NaN, step.steered?.logProbability ?? NaN]),
  };
}

try {
  const results = { there: await runOn(choice.provider ?? 'auto'), here: await runOn('cpu') };
  process.stdout.write(JSON.stringify(results));
} finally {
  await engine.dispose();
}
