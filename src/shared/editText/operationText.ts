// What an edit does, as people write it: `ablate`, `scale=0.5`, `clamp=3max`, `add=0.3norm`, `project=0`, `cap=4`.
import type { DirectionEdit, FeatureEdit, NamedEdit, SteerEdit } from '../engineProtocol.ts';
import { MonosemError } from '../errors.ts';
import { t } from '../l10n.ts';

/** The part of an edit that says what is done, one by one for each operation. */
type Doing<E> = E extends unknown ? Pick<E, keyof E & ('operation' | 'amount' | 'unit')> : never;

/** Units as written behind an amount. */
const featureUnits = { act: 'activation', max: 'max', norm: 'residual' } as const;
const clampUnits = { act: featureUnits.act, max: featureUnits.max } as const;
const directionUnits = { dir: 'direction', norm: 'residual' } as const;

const words: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...featureUnits, ...directionUnits }).map(([word, unit]) => [unit, word]),
);

const amountPattern = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-z]*)$/i;

/**
 * `undefined` for what is no operation.
 * @param whole the edit it is part of, for the sentence
 * @throws MonosemError `badEdit` for an amount that is none
 */
export function readFeatureOperation(text: string, whole: string): Doing<FeatureEdit> | undefined {
  const { operation, amount } = split(text);
  switch (operation) {
    case 'ablate':
      return amount === undefined ? { operation } : undefined;
    case 'scale':
    case 'project':
    case 'cap':
      return { operation, amount: readAmount(amount, {}, { operation, whole }).amount };
    case 'clamp':
      return { operation, ...readAmount(amount, clampUnits, { operation, whole }) };
    case 'add':
      return { operation, ...readAmount(amount, featureUnits, { operation, whole }) };
    default:
      return undefined;
  }
}

/** The same along a direction of one's own. */
export function readDirectionOperation(
  text: string,
  whole: string,
): Doing<DirectionEdit> | undefined {
  const { operation, amount } = split(text);
  switch (operation) {
    case 'project':
    case 'cap':
      return { operation, amount: readAmount(amount, {}, { operation, whole }).amount };
    case 'add':
      return { operation, ...readAmount(amount, directionUnits, { operation, whole }) };
    default:
      return undefined;
  }
}

export function writeOperation(edit: SteerEdit | NamedEdit): string {
  if (edit.operation === 'ablate') return edit.operation;
  const unit = 'unit' in edit ? (words.get(edit.unit) ?? '') : '';
  return `${edit.operation}=${numberText(edit.amount)}${unit}`;
}

function split(text: string): { readonly operation: string; readonly amount?: string } {
  const [operation = '', ...rest] = text.split('=');
  return { operation: operation.trim(), ...(rest.length > 0 && { amount: rest.join('=') }) };
}

/** @param units the words that may follow the number */
function readAmount<Unit extends string>(
  text: string | undefined,
  units: Readonly<Record<string, Unit>>,
  { operation, whole }: { readonly operation: string; readonly whole: string },
): { readonly amount: number; readonly unit?: Unit } {
  const [, digits, word = ''] = amountPattern.exec(text?.trim() ?? '') ?? [];
  const amount = Number(digits);
  if (digits === undefined || !Number.isFinite(amount)) {
    throw new MonosemError(
      'badEdit',
      t('"{0}" has no number behind {1}; write one, such as {1}=2.5.', whole, operation),
    );
  }
  if (word === '') return { amount };
  if (Object.hasOwn(units, word)) return { amount, unit: units[word] as Unit };
  throw new MonosemError(
    'badEdit',
    Object.keys(units).length === 0
      ? t('"{0}" has a unit, and {1} takes none; write a number alone, such as {1}=2.5.', whole, operation) // prettier-ignore
      : t(
          '"{0}" has a unit that {1} does not take; write a number alone, or with one of {2} behind it.',
          whole,
          operation,
          Object.keys(units).join(', '),
        ),
  );
}

/** The shortest text that reads as this number again; the sign of zero is one. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
