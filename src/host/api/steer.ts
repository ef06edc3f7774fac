// The API's `steer`: a prompt continued by the model as it is and with edited features. Without VS Code.
import type { EngineClient } from '../engine/engineClient.ts';
import type { Log } from '../engine/engineProcess.ts';
import type { ShownSae } from '../source/shownSae.ts';
import { defaultSteerSettings } from '../views/steerStart.ts';
import { readFeature } from '../views/viewMessages.ts';
import type { FeatureEdit, Source, SteerParams } from '../../shared/engineProtocol.ts';
import type * as protocol from '../../shared/engineProtocol.ts';
import { withScope } from '../../shared/editScope.ts';
import { MonosemError, messageOf } from '../../shared/errors.ts';
import { NamedArguments, readText, refuse } from './arguments.ts';
import type { Continuation, GeneratedToken, SteeredText, SteerStep } from './types.ts';

export interface SteerPorts {
  readonly engine: Pick<EngineClient, 'call'>;
  readonly source: () => Promise<Source>;
  readonly shownSae: Pick<ShownSae, 'meant'>;
  readonly log: Pick<Log, 'warn'>;
}

const place = 'steer';
const mostEdits = 256;
/** Amounts beyond it overflow half precision, whatever the model. */
const largestAmount = 65_504;

/** @throws MonosemError `badArgument`, `cancelled`, and what steering can throw */
export async function steerText(
  ports: SteerPorts,
  request: unknown,
  options: unknown,
): Promise<SteeredText> {
  const named = new NamedArguments(place, options, ['signal', 'onStep']);
  const signal = named.signal();
  let report = named.callback('onStep');
  const params = await readRequest(ports, request);
  let told = 0;
  const { samples } = await ports.engine.call(place, params, {
    ...(signal && { signal }),
    onProgress: (step) => {
      // After a crash of the engine the same steps come again: the seed is the same.
      if (report === undefined || step.step < told) return;
      told = step.step + 1;
      try {
        report(plainStep(step));
      } catch (error) {
        report = undefined;
        ports.log.warn(`An extension’s onStep failed: ${messageOf(error)}`);
      }
    },
  });
  const [only] = samples;
  if (only === undefined) throw new MonosemError('internal', 'Steering came back without texts.');
  return {
    baseline: plainContinuation(only.baseline),
    steered: plainContinuation(only.steered),
    steps: only.steps.map(plainStep),
  };
}

async function readRequest(ports: SteerPorts, request: unknown): Promise<SteerParams> {
  const names = ['prompt', 'edits', 'scope', 'maxTokens', 'temperature', 'seed', 'chat'];
  const named = new NamedArguments(place, request, names);
  const edits = named.list('edits', mostEdits);
  if (edits === undefined) throw refuse(place, 'there are no “edits”; give a list of them');
  const standard = defaultSteerSettings;
  return {
    prompt: readText(place, '“prompt”', named.get('prompt')),
    maxTokens: named.integer('maxTokens', [1, 4096]) ?? standard.maxTokens,
    temperature: named.number('temperature', [0, 100]) ?? standard.temperature,
    seed: named.integer('seed', [0, Number.MAX_SAFE_INTEGER]) ?? standard.seed,
    ...(named.flag('chat') === true && { chat: true }),
    edits: withScope(
      await Promise.all(edits.map((edit, n) => readEdit(ports, edit, n))),
      named.choice('scope', ['all', 'prompt', 'generated']) ?? 'all',
    ),
    source: await ports.source(),
  };
}

async function readEdit({ shownSae }: SteerPorts, edit: unknown, n: number): Promise<FeatureEdit> {
  const at = `${place} edits[${n}]`;
  const named = new NamedArguments(at, edit, ['sae', 'feature', 'operation', 'amount']);
  const feature = readFeature(named.get('feature'));
  if (feature === undefined) throw refuse(at, '“feature” is not the number of one');
  const operation = named.choice('operation', ['ablate', 'scale', 'clamp', 'add']);
  if (operation === undefined) throw refuse(at, 'there is no “operation”');
  const amount = named.number('amount', [-largestAmount, largestAmount]);
  const ref = { sae: await shownSae.meant(named.name('sae')), feature };
  if (operation === 'ablate') return { ...ref, operation };
  if (amount === undefined) throw refuse(at, `“${operation}” needs an “amount”`);
  return { ...ref, operation, amount };
}

function plainStep({ step, baseline, steered, kl }: protocol.SteerStep): SteerStep {
  return {
    step,
    ...(baseline && { baseline: plainToken(baseline) }),
    ...(steered && { steered: plainToken(steered) }),
    kl,
  };
}

function plainToken({ id, text, logProbability }: protocol.GeneratedToken): GeneratedToken {
  return { id, text, logProbability };
}

function plainContinuation({ text, tokens }: protocol.Continuation): Continuation {
  return { text, ids: [...tokens] };
}
