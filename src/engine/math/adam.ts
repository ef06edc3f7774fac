// One Adam step (Kingma, Ba 2015, algorithm 1) in place on flat arrays.

export interface AdamSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** A parameter with its gradient and both moment estimates, all of one length. */
export interface AdamSlot {
  readonly weights: Float32Array;
  readonly gradient: Float32Array;
  readonly moment1: Float32Array;
  readonly moment2: Float32Array;
}

/**
 * m ← β₁m + (1−β₁)g; v ← β₂v + (1−β₂)g²; w ← w − lr · m̂ / (√v̂ + ε), with m̂, v̂ corrected for their zero start.
 * Clears the gradient for the next accumulation.
 * @param step 1 for the first step
 */
export function adamStep(slot: AdamSlot, settings: AdamSettings, step: number): void {
  const { weights, gradient, moment1, moment2 } = slot;
  const { beta1, beta2, epsilon } = settings;
  const rate = settings.learningRate / (1 - beta1 ** step);
  const correction2 = 1 / Math.sqrt(1 - beta2 ** step);
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i];
    const m = beta1 * moment1[i] + (1 - beta1) * g;
    const v = beta2 * moment2[i] + (1 - beta2) * g * g;
    moment1[i] = m;
    moment2[i] = v;
    weights[i] -= (rate * m) / (Math.sqrt(v) * correction2 + epsilon);
    gradient[i] = 0;
  }
}
