// Edits as the command line writes them.
import type { FeatureEdit, SaePlace } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { featureIndex } from '../../shared/units.ts';

const pattern = /^(?:(\d+)\/)?(\d+):(?:(ablate)|(scale|clamp|add)=(.*\S.*))$/;

/**
 * Reads `12:ablate`, `12:scale=0.5`, `12:clamp=8` or `12:add=-3`; `2/12:ablate` is about the second SAE, without a number
 * the first is meant.
 * @throws MonosemError `badEdit`, showing the four forms
 */
export function parseEdit(text: string, saes: readonly SaePlace[]): FeatureEdit {
  const [, position = '1', id, ablate, operation, amount] = pattern.exec(text.trim()) ?? [];
  const value = Number(amount);
  if (id === undefined || (ablate === undefined && !Number.isFinite(value))) {
    throw new MonosemError(
      'badEdit',
      `"${text}" is not an edit; write ID:ablate, ID:scale=S, ID:clamp=C or ID:add=A, for example 123:clamp=8, with N/ in front for the N-th of several SAEs.`,
    );
  }
  const sae = saes[Number(position) - 1];
  if (sae === undefined) {
    throw new MonosemError(
      'badEdit',
      `"${text}" edits SAE number ${position}, and ${saes.length === 1 ? 'there is one' : `there are ${saes.length}`}; SAEs are numbered from 1 in the order of --sae.`,
    );
  }
  const feature = featureIndex(Number(id));
  if (isAmountOperation(operation)) return { sae, feature, operation, amount: value };
  return { sae, feature, operation: 'ablate' };
}

function isAmountOperation(text: string | undefined): text is 'scale' | 'clamp' | 'add' {
  return text === 'scale' || text === 'clamp' || text === 'add';
}
