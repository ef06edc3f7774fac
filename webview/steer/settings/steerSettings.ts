// The settings of a run that may be left out: their neutral values, which change nothing, and their bounds. Pure.
import type { SteerSettings } from '../../../src/shared/webviewProtocol.ts';

interface OptionalNumber {
  readonly neutral: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

export const optionalNumbers = {
  samples: { neutral: 1, min: 1, max: 8, step: 1 },
  topK: { neutral: 0, min: 0, max: 1_000_000, step: 1 },
  topP: { neutral: 1, min: 0, max: 1, step: 0.05 },
  minP: { neutral: 0, min: 0, max: 1, step: 0.01 },
  repetitionPenalty: { neutral: 1, min: 0.01, max: 100, step: 0.05 },
  frequencyPenalty: { neutral: 0, min: -2, max: 2, step: 0.1 },
  presencePenalty: { neutral: 0, min: -2, max: 2, step: 0.1 },
} as const satisfies Partial<Record<keyof SteerSettings, OptionalNumber>>;

export type OptionalName = keyof typeof optionalNumbers;

export const optionalNames = Object.keys(optionalNumbers) as readonly OptionalName[];

export function settingOf(settings: SteerSettings, name: OptionalName): number {
  return settings[name] ?? optionalNumbers[name].neutral;
}

/** Within its bounds, whole where it counts something; left out where it changes nothing. */
export function withSetting(
  settings: SteerSettings,
  name: OptionalName,
  value: number,
): SteerSettings {
  const { neutral, min, max, step } = optionalNumbers[name];
  const bounded = Math.min(max, Math.max(min, step === 1 ? Math.round(value) : value));
  const others = without(settings, name);
  return bounded === neutral ? others : { ...others, [name]: bounded };
}

export function withStops(settings: SteerSettings, stop: readonly string[]): SteerSettings {
  const others = without(settings, 'stop');
  return stop.length === 0 ? others : { ...others, stop };
}

export function withChat(settings: SteerSettings, chat: boolean): SteerSettings {
  const others = without(settings, 'chat');
  return chat ? { ...others, chat } : others;
}

function without(settings: SteerSettings, name: OptionalName | 'stop' | 'chat'): SteerSettings {
  const others = Object.entries(settings).filter(([each]) => each !== name);
  // What is left out may be absent.
  return Object.fromEntries(others) as unknown as SteerSettings;
}
