// An edit in words: what becomes of the feature or the stream, and on which tokens. Pure.
import { t } from '../../../src/shared/l10n.ts';
import { factorText, multipleText, numberText } from '../../../src/shared/numberText.ts';
import type { DraftEdit, Operation, Unit } from '../draft/edit/draftEdit.ts';
import { isGated, readGate } from '../draft/edit/gate.ts';
import type { Measure } from '../draft/edit/measure.ts';
import type { EditTarget } from '../draft/edit/target.ts';
import { readRanges } from '../draft/edit/tokenRanges.ts';

/** What is edited, within a sentence. */
export function targetName(target: EditTarget): string {
  return 'feature' in target ? t('feature {0}', target.feature) : t('direction {0}', target.name);
}

export function operationName(operation: Operation): string {
  switch (operation) {
    case 'none':
      return t('No edit');
    case 'ablate':
      return t('Ablate');
    case 'scale':
      return t('Scale');
    case 'clamp':
      return t('Clamp');
    case 'add':
      return t('Add');
    case 'project':
      return t('Project');
    case 'cap':
      return t('Cap');
  }
}

export function unitName(unit: Unit): string {
  switch (unit) {
    case 'activation':
      return t('activation');
    case 'max':
      return t('× max');
    case 'direction':
      return t('× its length');
    case 'residual':
      return t('× norm');
  }
}

export function editText(edit: DraftEdit, measure: Measure): string {
  if (edit.operation === 'none') return '';
  const what = 'feature' in edit ? featureText(edit, measure) : directionText(edit, measure);
  return [what, ...placeTexts(edit)].join(' ');
}

function featureText({ operation, amount, unit }: DraftEdit, { sizes }: Measure): string {
  const max = sizes.max ?? 0;
  switch (operation) {
    case 'none':
      return '';
    case 'ablate':
      return t('Switched off: its activation becomes 0.');
    case 'scale':
      return t('Its activation is multiplied by {0}.', factorText(amount));
    case 'clamp':
    case 'add':
      return unit === 'residual'
        ? t('{0} the norm of the stream is added along its direction.', multipleText(amount))
        : activationText(operation, unit === 'max' ? amount * max : amount, max);
    case 'project':
      return t(
        'The part of the stream along its direction is multiplied by {0}.',
        factorText(amount),
      );
    case 'cap':
      return t('The part of the stream along its direction is {0} at most.', numberText(amount));
  }
}

function directionText({ operation, amount, unit }: DraftEdit, { sizes }: Measure): string {
  switch (operation) {
    case 'add':
      return unit === 'residual'
        ? t('{0} the norm of the stream is added along it.', multipleText(amount))
        : lengthText(amount, sizes);
    case 'project':
      return t('The part of the stream along it is multiplied by {0}.', factorText(amount));
    case 'cap':
      return t('The part of the stream along it is {0} at most.', numberText(amount));
    default:
      return '';
  }
}

function lengthText(amount: number, { direction = 0, residual }: Measure['sizes']): string {
  const times = multipleText(amount);
  if (residual === undefined) return t('{0} the direction is added.', times);
  const share = multipleText((amount * direction) / residual);
  return t('{0} the direction is added, {1} the norm of the stream.', times, share);
}

function activationText(operation: 'clamp' | 'add', activation: number, max: number): string {
  const value = numberText(activation);
  const multiple = multipleText(activation / max);
  if (operation === 'clamp') {
    return max > 0
      ? t('Its activation becomes {0}, {1} its max.', value, multiple)
      : t('Its activation becomes {0}.', value);
  }
  return max > 0 ? t('{0} is added, {1} its max.', value, multiple) : t('{0} is added.', value);
}

/** What cannot be read is said where it is typed. */
function placeTexts(edit: DraftEdit): readonly string[] {
  const ranges = edit.ranges.trim();
  const gate = isGated(edit.onlyWhile) ? readGate(edit.onlyWhile) : undefined;
  return [
    scopeText(edit),
    ...((readRanges(ranges) ?? []).length === 0 ? [] : [t('Only tokens {0}.', ranges)]),
    ...(edit.skipSpecial ? [t('Not on special tokens.')] : []),
    ...(edit.onlyActive ? [t('Only where it is active.')] : []),
    ...(gate === undefined ? [] : [t('Only where feature {0} is active.', gate.feature)]),
    ...(edit.dropsError ? [t('The error of the SAE is dropped.')] : []),
  ];
}

function scopeText({ scope }: DraftEdit): string {
  switch (scope) {
    case 'all':
      return t('On all tokens.');
    case 'prompt':
      return t('On the prompt.');
    case 'generated':
      return t('On the continuation.');
  }
}
