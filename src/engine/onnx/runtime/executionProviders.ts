// Chooses where a model runs. `auto` goes through the accelerators this platform's onnxruntime knows and takes the
// first one that loads, is right on a tiny graph, is right on the model's own first block and is no slower there than
// the processor; software renderers fail the last test. Whatever fails is passed over with a reason. An accelerator
// that was asked for by name is held to the same answers, not to the clock, and its failure is an error.
import type { ProviderAttempt, ProviderReport } from '../../../shared/diagnostics.ts';
import type { ProviderSetting } from '../../../shared/engineProtocol.ts';
import { MonosemError } from '../../../shared/errors.ts';
import type { TrialMarks } from '../../files/trialMarks.ts';
import {
  tryProvider,
  type BlockTest,
  type Candidate,
  type Finding,
  type Trial,
} from './providerTrial.ts';
import { canChooseDevice, listExecutionProviders } from './session.ts';

/**
 * Accelerators in the order `auto` tries them: those made for one maker's hardware or system before the general one.
 * CoreML comes last because it compiles a graph for fixed shapes, and a decoder's shapes change with every text.
 */
const accelerators = ['cuda', 'dml', 'webgpu', 'coreml'] as const;
type Accelerator = (typeof accelerators)[number];

/** What a provider is called among people. */
const names: Readonly<Record<Accelerator, string>> = {
  cuda: 'CUDA',
  dml: 'DirectML',
  webgpu: 'WebGPU',
  coreml: 'CoreML',
};

export interface ProviderRequest {
  readonly setting: ProviderSetting;
  readonly deviceId?: number;
}

/** What the chooser has to know of a model. */
export interface TestedModel extends BlockTest {
  /** Identifies file and content: the verdicts are remembered under it. */
  readonly key: string;
}

export class ProviderChooser {
  readonly #marks: TrialMarks;
  readonly #trials = new Map<string, Promise<Trial>>();

  /** @param marks remembers trials that ended their process */
  constructor(marks: TrialMarks) {
    this.#marks = marks;
  }

  /**
   * Verdicts are remembered per provider, device and model for the life of this object.
   * @throws MonosemError `providerMissing` when a provider asked for by name is missing or fails, `badArgument` for a
   *   device id where there is none to choose
   */
  async choose(request: ProviderRequest, model: TestedModel): Promise<ProviderReport> {
    const { setting } = request;
    if (setting === 'cpu') return onProcessor('It was asked for.', []);
    return setting === 'auto'
      ? this.#automatic(request, model)
      : this.#named(setting, request, model);
  }

  async #automatic(request: ProviderRequest, model: TestedModel): Promise<ProviderReport> {
    const known = new Set(listExecutionProviders().map(({ name }) => name));
    const attempts: ProviderAttempt[] = [];
    for (const provider of accelerators) {
      if (!known.has(provider)) continue;
      const attempt = await this.#attempt(provider, request, model);
      attempts.push(attempt);
      if (attempt.outcome === 'chosen') return chosen(provider, request, attempt.reason, attempts);
    }
    return onProcessor(whyProcessor(attempts), attempts);
  }

  async #attempt(
    provider: Accelerator,
    { deviceId }: ProviderRequest,
    model: TestedModel,
  ): Promise<ProviderAttempt> {
    if (isForeignDevice(provider, deviceId)) {
      return {
        provider,
        outcome: 'failed',
        reason: `Device ${deviceId} was asked for, and ${names[provider]} chooses its device itself.`,
      };
    }
    if (this.#marks.hasEndedAProcess(provider)) {
      return {
        provider,
        outcome: 'failed',
        reason: `An earlier trial of ${names[provider]} ended the engine, so it is left alone for a day; choose ${provider} by name to try again at once.`,
      };
    }
    const trial = await this.#trial({ provider, isWanted: false, ...device(deviceId) }, model);
    const { outcome, reason, milliseconds, isSlower } = trial;
    const isTaken = outcome === 'works' && !isSlower;
    return { provider, outcome: isTaken ? 'chosen' : outcome, reason, milliseconds };
  }

  async #named(
    provider: Accelerator,
    request: ProviderRequest,
    model: TestedModel,
  ): Promise<ProviderReport> {
    const { deviceId } = request;
    if (isForeignDevice(provider, deviceId)) {
      throw new MonosemError(
        'badArgument',
        `Device ${deviceId} cannot be chosen: ${names[provider]} chooses its device itself; leave the device id out, or at 0.`,
      );
    }
    const wanted = { provider, isWanted: true, ...device(deviceId) };
    const { outcome, reason, milliseconds } = await this.#trial(wanted, model);
    if (outcome === 'works') {
      const attempts = [{ provider, outcome: 'chosen', reason, milliseconds }] as const;
      return chosen(provider, request, `It was asked for; ${reason}`, attempts);
    }
    // Asked for again, it is tried again: something may have been installed meanwhile.
    this.#trials.delete(trialKey(wanted, model));
    throw new MonosemError(
      'providerMissing',
      `The model cannot run on ${names[provider]}: ${reason.replace(/\.$/, '')}; set the execution provider to auto, or see docs/gpu.md for what ${names[provider]} needs.`,
    );
  }

  #trial(named: Unnamed, model: TestedModel): Promise<Trial> {
    const key = trialKey(named, model);
    const known = this.#trials.get(key);
    if (known !== undefined) return known;
    const candidate = { ...named, name: names[named.provider] };
    const guard = (work: () => Promise<Finding>): Promise<Finding> =>
      this.#marks.during(named.provider, work);
    const trial = tryProvider(candidate, model, guard);
    this.#trials.set(key, trial);
    trial.catch(() => this.#trials.delete(key));
    return trial;
  }
}

type Unnamed = Omit<Candidate, 'name'> & { readonly provider: Accelerator };

function trialKey({ provider, deviceId = 0, isWanted }: Unnamed, { key }: TestedModel): string {
  return JSON.stringify([provider, deviceId, isWanted, key]);
}

function device(deviceId: number | undefined): { readonly deviceId?: number } {
  return deviceId === undefined ? {} : { deviceId };
}

/** A device other than the first was asked for, of a provider that does not let one choose. */
function isForeignDevice(provider: Accelerator, deviceId: number | undefined): deviceId is number {
  return deviceId !== undefined && deviceId !== 0 && !canChooseDevice(provider);
}

function chosen(
  provider: Accelerator,
  { deviceId }: ProviderRequest,
  reason: string,
  attempts: readonly ProviderAttempt[],
): ProviderReport {
  const chosenDevice = device(canChooseDevice(provider) ? deviceId : undefined);
  return { provider, ...chosenDevice, reason, attempts };
}

function onProcessor(reason: string, attempts: readonly ProviderAttempt[]): ProviderReport {
  const isLeftOver = attempts.length > 0;
  const processor = {
    provider: 'cpu',
    outcome: 'chosen',
    reason: isLeftOver ? 'It is always there, and the measure of the others.' : reason,
  } as const;
  return { provider: 'cpu', reason, attempts: [...attempts, processor] };
}

function whyProcessor(attempts: readonly ProviderAttempt[]): string {
  if (attempts.length === 0) return 'This platform’s onnxruntime has no accelerator.';
  const clauses = attempts.map(({ provider, outcome }) => {
    const name = names[provider as Accelerator];
    if (outcome === 'missing') return `${name} is not installed`;
    return outcome === 'works' ? `${name} is slower` : `${name} does not work here`;
  });
  return `No accelerator is used: ${clauses.join(', ')}.`;
}
