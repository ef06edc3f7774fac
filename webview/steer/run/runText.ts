// How a run is doing, in one line. Pure.
import { t } from '../../../src/shared/l10n.ts';
import { numberText } from '../../../src/shared/numberText.ts';
import { divergenceOf, meanKl, sharedSteps } from './comparison.ts';
import type { RunSample } from './runSample.ts';
import { type RunState, mostSteps } from './runState.ts';

export function runText({ phase, samples, maxTokens }: RunState): string {
  const steps = mostSteps(samples);
  switch (phase) {
    case 'asked':
      return t('Starting…');
    case 'running':
      return t('Token {0} of {1}', steps, maxTokens);
    case 'stopped':
      return steps === 1 ? t('Stopped after 1 token.') : t('Stopped after {0} tokens.', steps);
    case 'failed':
      return failureText(steps);
    case 'finished':
      return outcomeText(samples);
  }
}

function failureText(steps: number): string {
  if (steps === 0) return '';
  return steps === 1 ? t('Failed after 1 token.') : t('Failed after {0} tokens.', steps);
}

function outcomeText(samples: readonly RunSample[]): string {
  const steps = samples.flatMap((sample) => sample.steps);
  if (steps.length === 0) return t('Finished without a token: the text ends with the prompt.');
  const shared = samples.flatMap((sample) => sharedSteps(sample.steps));
  const kl = t('Mean KL {0} nats.', numberText(meanKl(shared)));
  if (samples.length === 1) return `${equalityText(divergenceOf(steps), steps.length)} ${kl}`;
  const parted = samples.filter((sample) => divergenceOf(sample.steps) !== undefined).length;
  return `${t('The texts part in {0} of {1} samples.', parted, samples.length)} ${kl}`;
}

function equalityText(divergence: number | undefined, steps: number): string {
  if (divergence !== undefined) {
    return t('The texts part at token {0} of {1}.', divergence + 1, steps);
  }
  return steps === 1
    ? t('Both texts are equal over 1 token.')
    : t('Both texts are equal over {0} tokens.', steps);
}
