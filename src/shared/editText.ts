// Edits as people write them, in the command line, in presets and in the steering panel:
//
//   [N/]ID:OP[=AMOUNT[UNIT]][,CONDITION…]     12:ablate   2/12:clamp=3max,active   12:add=0.3norm,tokens=4-9+12+20-
//   NAME@SITE:OP=AMOUNT[UNIT][,CONDITION…]    calm@blocks.2.hook_resid_post:add=2
//
// N/ is the N-th SAE, the first where it is left out. OP is ablate, scale, clamp, add, project or cap; along a direction of
// one's own add, project or cap. UNIT is act or max (multiples of the largest known activation) for clamp and add, and
// norm (of the stream's length at the token) for add; for a direction dir (its own length) or norm. CONDITION is
// active, while=[N/]ID, drop-error, all, prompt, generated, skip-special, or tokens= with positions, both ends included.
// What writing an edit gives, reading gives back: test/unit/shared/editText.test.ts.
import type { FeatureEdit, NamedEdit, SaePlace, SteerEdit } from './engineProtocol.ts';
import { MonosemError } from './errors.ts';
import { t } from './l10n.ts';
import { readConditions, writeConditions } from './editText/conditionText.ts';
import { readTarget, writeTarget } from './editText/directionText.ts';
import { readFeature, writeFeature } from './editText/featureText.ts';
import {
  readDirectionOperation,
  readFeatureOperation,
  writeOperation,
} from './editText/operationText.ts';

/** What the names in an edit can be. */
export interface EditNames {
  readonly saes: readonly SaePlace[];
  readonly directions: { has(name: string): boolean };
}

/**
 * Reads the edit of a feature.
 * @throws MonosemError `badEdit`: what is wrong and how to write it
 */
export function parseEdit(text: string, saes: readonly SaePlace[]): FeatureEdit {
  const { target, operation, conditions, whole } = split(text);
  const ref = readFeature(target, saes, whole);
  if (ref === undefined) throw noEdit(whole);
  const done = readFeatureOperation(operation, whole);
  if (done === undefined) throw noEdit(whole);
  return { ...ref, ...done, ...readConditions(conditions, { saes, whole }) };
}

/** @throws MonosemError `badEdit` where it is about an SAE that is none of these */
export function writeEdit(edit: FeatureEdit, saes: readonly SaePlace[]): string {
  return [
    `${writeFeature(edit, saes)}:${writeOperation(edit)}`,
    ...writeConditions(edit, saes),
  ].join(',');
}

/**
 * Reads any edit; a direction goes by its name.
 * @throws MonosemError `badEdit`: what is wrong and how to write it
 */
export function parseNamedEdit(text: string, { saes, directions }: EditNames): NamedEdit {
  const { target, operation, conditions, whole } = split(text);
  if (!target.includes('@')) return parseEdit(text, saes);
  const direction = readTarget(target);
  if (direction === undefined) throw noDirectionEdit(whole);
  const done = readDirectionOperation(operation, whole);
  if (done === undefined) throw noDirectionEdit(whole);
  if (!directions.has(direction.name)) throw unknownDirection(whole, direction.name);
  const { onlyActive, dropsError, ...place } = readConditions(conditions, { saes, whole });
  if (onlyActive === undefined && dropsError === undefined)
    return { ...direction, ...done, ...place };
  throw new MonosemError(
    'badEdit',
    t(
      '"{0}" is along a direction, which is never active and has no error; leave out active and drop-error.',
      whole,
    ),
  );
}

/** @throws MonosemError `badEdit` as {@link writeEdit}, and for a direction without a name that can be written */
export function writeSteerEdit(edit: SteerEdit | NamedEdit, saes: readonly SaePlace[]): string {
  return 'feature' in edit
    ? writeEdit(edit, saes)
    : [`${writeTarget(edit)}:${writeOperation(edit)}`, ...writeConditions(edit, saes)].join(',');
}

interface Parts {
  readonly whole: string;
  readonly target: string;
  readonly operation: string;
  readonly conditions: readonly string[];
}

function split(text: string): Parts {
  const whole = text.trim();
  const colon = whole.indexOf(':');
  if (colon < 0) throw whole.includes('@') ? noDirectionEdit(whole) : noEdit(whole);
  const [operation = '', ...conditions] = whole.slice(colon + 1).split(',');
  return { whole, target: whole.slice(0, colon).trim(), operation, conditions };
}

function noEdit(whole: string): MonosemError {
  return new MonosemError(
    'badEdit',
    t(
      '"{0}" is not an edit; write ID:ablate, ID:scale=S, ID:clamp=C, ID:add=A, ID:project=P or ID:cap=C, for example 123:clamp=8, with N/ in front for the N-th of several SAEs.',
      whole,
    ),
  );
}

function noDirectionEdit(whole: string): MonosemError {
  return new MonosemError(
    'badEdit',
    t(
      '"{0}" is not an edit along a direction; write NAME@SITE:add=A, NAME@SITE:project=P or NAME@SITE:cap=C.',
      whole,
    ),
  );
}

function unknownDirection(whole: string, name: string): MonosemError {
  return new MonosemError(
    'badEdit',
    t(
      '"{0}" is along the direction "{1}", which was not given; give it by that name.',
      whole,
      name,
    ),
  );
}
