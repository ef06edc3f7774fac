// How many active features of each token a store remembers.
import type { Sae } from '../sae/sae.ts';

/** Above the L0 of almost every token. */
const recordedFeatures = 64;
/** All neurons of a small model, and those with the largest values of a large one, of which half may be active at once. */
const recordedNeurons = 1024;

/** Features recorded per token of the corpus, where there are that many. */
export function recordedPerToken({ activation }: Pick<Sae, 'activation'>): number {
  return activation.kind === 'identity' ? recordedNeurons : recordedFeatures;
}
