// What one training run is asked to do, checked once, and its learning-rate schedule.
import { MonosemError } from '../../shared/errors.ts';
import type { TrainedArchitecture } from './architectures.ts';

export interface TrainerSettings {
  readonly architecture: TrainedArchitecture;
  /** Width of the site. */
  readonly D: number;
  /** Number of features. */
  readonly F: number;
  /** Active features per token; on average over a batch for `batchtopk`. */
  readonly k: number;
  /** Tokens per step. */
  readonly batchSize: number;
  readonly steps: number;
  /** Peak rate of Adam. */
  readonly learningRate: number;
  /** Steps of linear rise from 0. */
  readonly warmupSteps: number;
  /** Steps of linear fall to 0 at the end. */
  readonly decaySteps: number;
  /** A feature is dead when it has not been active for this many tokens. */
  readonly deadAfterTokens: number;
  /** Dead features per token that the auxiliary loss may use; 0 switches it off. */
  readonly auxK: number;
  /** Weight of the auxiliary loss. */
  readonly auxWeight: number;
  readonly seed: number;
}

/**
 * Adam's constants: β as everywhere, ε = 6.25e-10 as in Gao et al. 2024 (appendix A.3), because gradients of rare
 * features are small.
 */
export const adamConstants = { beta1: 0.9, beta2: 0.999, epsilon: 6.25e-10 } as const;

/** Rate of step 1 … steps. */
export function learningRateAt(settings: TrainerSettings, step: number): number {
  const rise = settings.warmupSteps === 0 ? 1 : Math.min(1, step / settings.warmupSteps);
  const remaining = settings.steps - step + 1;
  const fall = settings.decaySteps === 0 ? 1 : Math.min(1, remaining / (settings.decaySteps + 1));
  return settings.learningRate * rise * fall;
}

/** @throws MonosemError `badArgument`, naming the first setting that makes no sense */
export function checkSettings(settings: TrainerSettings): void {
  const positive = ['D', 'F', 'k', 'batchSize', 'steps', 'learningRate'] as const;
  for (const name of positive) {
    if (!(settings[name] > 0)) throw invalid(name, 'must be above 0');
  }
  for (const name of ['warmupSteps', 'decaySteps', 'auxK', 'auxWeight'] as const) {
    if (!(settings[name] >= 0)) throw invalid(name, 'must not be negative');
  }
  if (settings.k > settings.F) throw invalid('k', `is more than the ${settings.F} features`);
}

function invalid(name: string, problem: string): MonosemError {
  return new MonosemError('badArgument', `The training setting ${name} ${problem}; change it.`);
}
