// A draft that was stored earlier, perhaps by another version: what it lacks gets its neutral value, what is damaged makes
// it no draft at all, except for single edits, which are left out. Pure.
import type { SteerScope } from '../../../src/shared/engineProtocol.ts';
import type { SteerSettings } from '../../../src/shared/webviewProtocol.ts';
import { optionalNames, withChat, withSetting, withStops } from '../settings/steerSettings.ts';
import type { Draft } from './draft.ts';
import { type DraftEdit, choicesFor, noEdit } from './edit/draftEdit.ts';
import type { Gate } from './edit/gate.ts';
import { type EditTarget, isFeatureRef, isTarget } from './edit/target.ts';

const scopes: readonly SteerScope[] = ['all', 'prompt', 'generated'];

/** Fields by name, of which nothing is known yet. */
type Stored<Name extends string> = { readonly [Each in Name]?: unknown };

export function restoreDraft(stored: unknown): Draft | undefined {
  const draft: Stored<keyof Draft> | undefined = fieldsOf(stored);
  if (draft === undefined) return undefined;
  const { hostPrompt, prompt, edits, removed, added } = draft;
  const settings = restoreSettings(draft.settings);
  if (typeof hostPrompt !== 'string' || typeof prompt !== 'string') return undefined;
  if (settings === undefined || !areTargets(edits) || !areTargets(removed)) return undefined;
  if (!Array.isArray(added) || !added.every(isFeatureRef)) return undefined;
  // Until positions belonged to edits there was one scope for all of them.
  const { scope } = draft.settings as { readonly scope?: unknown };
  const restored = edits.map((edit) => restoreEdit({ scope, ...edit }));
  return {
    ...{ hostPrompt, prompt, settings, edits: restored, removed, added },
    isLive: draft.isLive !== false,
  };
}

function restoreEdit(stored: Stored<keyof DraftEdit> & EditTarget): DraftEdit {
  const neutral = noEdit(stored);
  const { operations, units } = choicesFor(stored);
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
    ...(isGate(stored.onlyWhile) && { onlyWhile: stored.onlyWhile }),
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

function areTargets(stored: unknown): stored is readonly EditTarget[] {
  return Array.isArray(stored) && stored.every(isTarget);
}

function isGate(stored: unknown): stored is Gate {
  const gate: Stored<keyof Gate> | undefined = fieldsOf(stored);
  return typeof gate?.sae === 'string' && typeof gate.number === 'string';
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
