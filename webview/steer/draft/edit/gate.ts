// The condition "only while this feature is active", as it is typed. Pure.
import type { FeatureRef, SaePlace } from '../../../../src/shared/engineProtocol.ts';
import { t } from '../../../../src/shared/l10n.ts';
import { featureIndex } from '../../../../src/shared/units.ts';
import type { SteerSae } from '../../../../src/shared/webviewProtocol.ts';

export interface Gate {
  readonly sae: SaePlace;
  /** Of the feature, as typed; empty for no condition. */
  readonly number: string;
}

export function gateOf({ sae, feature }: FeatureRef): Gate {
  return { sae, number: String(feature) };
}

export function isGated(gate: Gate | undefined): gate is Gate {
  return gate !== undefined && gate.number.trim() !== '';
}

/** `undefined` where the number is none. */
export function readGate({ sae, number }: Gate): FeatureRef | undefined {
  const digits = number.trim();
  return /^\d{1,9}$/u.test(digits) ? { sae, feature: featureIndex(Number(digits)) } : undefined;
}

/** Why it is no feature of these SAEs, in one sentence. */
export function gateProblem(gate: Gate | undefined, saes: readonly SteerSae[]): string | undefined {
  if (!isGated(gate)) return undefined;
  const number = gate.number.trim();
  const of = saes.find(({ sae }) => sae === gate.sae);
  if (of === undefined) {
    return t('Feature {0} is of an SAE that is not active: choose the condition anew.', number);
  }
  const read = readGate(gate);
  return read !== undefined && read.feature < of.features
    ? undefined
    : t('“{0}” is no feature of this SAE: write a number from 0 to {1}.', number, of.features - 1);
}
