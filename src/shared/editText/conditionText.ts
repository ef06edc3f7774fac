// Where and when an edit applies, as people write it: `active`, `while=2/40`, `drop-error`, `prompt`, `skip-special`,
// `tokens=4-9+12+20-`. All conditions of an edit hold at once.
import type {
  EditPositions,
  FeatureEdit,
  FeatureRef,
  NamedEdit,
  SaePlace,
  SteerEdit,
} from '../engineProtocol.ts';
import { MonosemError } from '../errors.ts';
import { t } from '../l10n.ts';
import { readFeature, writeFeature } from './featureText.ts';
import { readRanges, writeRanges } from './positionText.ts';

type Conditions = Pick<FeatureEdit, 'positions' | 'onlyWhile' | 'onlyActive' | 'dropsError'>;

/** Conditions that are one word each; the three scopes exclude each other. */
const scopes: ReadonlySet<string> = new Set(['all', 'prompt', 'generated']);

const forms = [
  ...['active', 'while=ID', 'drop-error', 'all', 'prompt', 'generated', 'skip-special'],
  'tokens=4-9+12+20-',
];

interface Reading {
  readonly saes: readonly SaePlace[];
  /** The edit they are part of, for the sentence. */
  readonly whole: string;
}

/** @throws MonosemError `badEdit` */
export function readConditions(texts: readonly string[], reading: Reading): Conditions {
  const seen = new Set<string>();
  let found: Conditions = {};
  for (const text of texts.map((each) => each.trim())) {
    const [name = ''] = text.split('=');
    const subject = scopes.has(name) ? 'scope' : name;
    if (seen.has(subject)) throw saidTwice(text, reading);
    seen.add(subject);
    const { positions, ...rest } = readCondition(text, reading);
    found = {
      ...found,
      ...rest,
      ...(positions && { positions: { ...found.positions, ...positions } }),
    };
  }
  return found;
}

/** In one order, whatever order they were written in. */
export function writeConditions(edit: SteerEdit | NamedEdit, saes: readonly SaePlace[]): string[] {
  const { positions, onlyWhile } = edit;
  const { onlyActive = false, dropsError = false } = edit as Conditions;
  return [
    ...(onlyActive ? ['active'] : []),
    ...(onlyWhile === undefined ? [] : [`while=${writeFeature(onlyWhile, saes)}`]),
    ...(dropsError ? ['drop-error'] : []),
    ...(positions === undefined ? [] : writePositions(positions)),
  ];
}

function readCondition(text: string, reading: Reading): Conditions {
  switch (text) {
    case 'active':
      return { onlyActive: true };
    case 'drop-error':
      return { dropsError: true };
    case 'all':
    case 'prompt':
    case 'generated':
      return { positions: { scope: text } };
    case 'skip-special':
      return { positions: { skipSpecial: true } };
    default:
      return readValued(text, reading);
  }
}

function readValued(text: string, { saes, whole }: Reading): Conditions {
  const [name, value] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
  if (name === 'while') return { onlyWhile: readGate(value, { saes, whole }) };
  if (name === 'tokens') {
    const ranges = readRanges(value);
    if (ranges !== undefined) return { positions: { ranges } };
    throw new MonosemError(
      'badEdit',
      t(
        '"{0}" has no positions behind tokens; write whole numbers from 0 and ranges of them, such as tokens=4-9+12+20-.',
        whole,
      ),
    );
  }
  throw new MonosemError(
    'badEdit',
    t(
      '"{0}" has a condition "{1}", which is none; write one of {2}.',
      whole,
      text,
      forms.join(', '),
    ),
  );
}

function readGate(text: string, { saes, whole }: Reading): FeatureRef {
  const ref = readFeature(text, saes, whole);
  if (ref !== undefined) return ref;
  throw new MonosemError(
    'badEdit',
    t('"{0}" has no feature behind while; write its number, such as while=40.', whole),
  );
}

function saidTwice(text: string, { whole }: Reading): MonosemError {
  return new MonosemError(
    'badEdit',
    scopes.has(text)
      ? t('"{0}" names two scopes; keep one of all, prompt and generated.', whole)
      : t('"{0}" says "{1}" twice over; keep one of them.', whole, text.split('=')[0] ?? ''),
  );
}

/** Positions that exclude nothing are `all`: an edit that says so is not one that says nothing. */
function writePositions({ scope, ranges, skipSpecial = false }: EditPositions): string[] {
  const restricting = [
    ...(skipSpecial ? ['skip-special'] : []),
    ...(ranges === undefined ? [] : [`tokens=${writeRanges(ranges)}`]),
  ];
  if (scope !== undefined) return [scope, ...restricting];
  return restricting.length === 0 ? ['all'] : restricting;
}
