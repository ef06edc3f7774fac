// An edit in words: what becomes of the feature, and on which tokens. Pure.
import { t } from '../../../src/shared/l10n.ts';
import { factorText, multipleText, numberText } from '../../../src/shared/numberText.ts';
import type { DraftEdit, Operation, Unit } from '../draft/draftEdit.ts';
import { readRanges } from '../draft/tokenRanges.ts';

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
    case 'residual':
      return t('× norm');
  }
}

/** @param max largest activation that the feature store knows, 0 where it knows none */
export function editText(edit: DraftEdit, max: number): string {
  if (edit.operation === 'none') return '';
  return [whatText(edit, max), ...placeTexts(edit)].join(' ');
}

function whatText({ operation, amount, unit }: DraftEdit, max: number): string {
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

function placeTexts(edit: DraftEdit): readonly string[] {
  const ranges = edit.ranges.trim();
  return [
    scopeText(edit),
    // What is no list of ranges is said where it is typed.
    ...((readRanges(ranges) ?? []).length === 0 ? [] : [t('Only tokens {0}.', ranges)]),
    ...(edit.skipSpecial ? [t('Not on special tokens.')] : []),
    ...(edit.onlyActive ? [t('Only where it is active.')] : []),
    ...(edit.onlyWhile === undefined
      ? []
      : [t('Only where feature {0} is active.', edit.onlyWhile.feature)]),
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
