// A draft that was stored earlier, perhaps by another version: what it lacks gets its neutral value, what is damaged makes
// it no draft at all, except for single edits, which are left out. Pure.
import type { FeatureRef, SteerScope } from '../../../src/shared/engineProtocol.ts';
import type { SteerSettings } from '../../../src/shared/webviewProtocol.ts';
import { optionalNames, withChat, withSetting, withStops } from '../settings/steerSettings.ts';
import type { Draft } from './draft.ts';
import { type DraftEdit, type Operation, type Unit, noEdit } from './draftEdit.ts';

const scopes: readonly SteerScope[] = ['all', 'prompt', 'generated'];
const units: readonly Unit[] = ['activation', 'max', 'residual'];
const operations: readonly Operation[] = [
  ...(['none', 'ablate', 'scale', 'clamp', 'add', 'project', 'cap'] as const),
];

/** Fields by name, of which nothing is known yet. */
type Stored<Name extends string> = { readonly [Each in Name]?: unknown };

export function restoreDraft(stored: unknown): Draft | undefined {
  const draft: Stored<keyof Draft> | undefined = fieldsOf(stored);
  if (draft === undefined) return undefined;
  const { hostPrompt, prompt, edits, removed, added } = draft;
  const settings = restoreSettings(draft.settings);
  if (typeof hostPrompt !== 'string' || typeof prompt !== 'string') return undefined;
  if (settings === undefined || !areRefs(edits) || !areRefs(removed) || !areRefs(added)) {
    return undefined;
  }
  // Until positions belonged to edits there was one scope for all of them.
  const { scope } = draft.settings as { readonly scope?: unknown };
  const restored = edits.map((edit) => restoreEdit({ scope, ...edit }));
  return {
    ...{ hostPrompt, prompt, settings, edits: restored, removed, added },
    isLive: draft.isLive !== false,
  };
}

function restoreEdit(stored: Stored<keyof DraftEdit> & FeatureRef): DraftEdit {
  const neutral = noEdit(stored);
  return {
    ...neutral,
    operation: oneOf(operations, stored.operation) ?? neutral.operation,
    amount: isNumber(stored.amount) ? stored.amount : neutral.amount,
    unit: oneOf(units, stored.unit) ?? neutral.unit,
    scope: oneOf(scopes, stored.scope) ?? neutral.scope,
    ranges: typeof stored.ranges === 'string' ? stored.ranges : neutral.ranges,
    skipSpecial: stored.skipSpecial === true,
    onlyActive: stored.onlyActive === true,
    dropsError: stored.dropsError === true,
    ...(isRef(stored.onlyWhile) && { onlyWhile: stored.onlyWhile }),
  };
}

function restoreSettings(stored: unknown): SteerSettings | undefined {
  const fields: Stored<keyof SteerSettings> | undefined = fieldsOf(stored);
  if (fields === undefined) return undefined;
  const { maxTokens, temperature, seed, stop, chat } = fields;
  if (!isNumber(maxTokens) || !isNumber(temperature) || !isNumber(seed)) return undefined;
  let settings: SteerSettings = { maxTokens, temperature, seed };
  for (const name of optionalNames) {
    const value = fields[name];
    if (isNumber(value)) settings = withSetting(settings, name, value);
  }
  const stops = Array.isArray(stop) ? stop.filter((each) => typeof each === 'string') : [];
  return withChat(withStops(settings, stops), chat === true);
}

function areRefs(stored: unknown): stored is readonly FeatureRef[] {
  return Array.isArray(stored) && stored.every(isRef);
}

function isRef(stored: unknown): stored is FeatureRef {
  const ref: Stored<keyof FeatureRef> | undefined = fieldsOf(stored);
  return typeof ref?.sae === 'string' && Number.isInteger(ref.feature);
}

function fieldsOf(stored: unknown): object | undefined {
  return typeof stored === 'object' && stored !== null ? stored : undefined;
}

function oneOf<T extends string>(values: readonly T[], stored: unknown): T | undefined {
  return values.find((value) => value === stored);
}

function isNumber(stored: unknown): stored is number {
  return Number.isFinite(stored);
}
