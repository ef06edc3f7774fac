// What people may set of how the next token is drawn: everything but the temperature may be left out.
import { MonosemError } from '../../shared/errors.ts';
import { neutralSampling, type SamplingSettings } from '../math/samplingSettings.ts';

export type SamplingOptions = Pick<SamplingSettings, 'temperature'> & Partial<SamplingSettings>;

/** Below this, logits divided by the temperature could leave the range of numbers. */
const coldest = 1e-6;

const rules: {
  readonly [name in keyof SamplingSettings]: {
    readonly allows: (value: number) => boolean;
    readonly advice: string;
  };
} = {
  temperature: {
    allows: (value) => value === 0 || isWithin(value, coldest, 100),
    advice: `a number from ${coldest} to 100, or 0 for the likeliest token every time`,
  },
  topK: {
    allows: (value) => Number.isSafeInteger(value) && value >= 0,
    advice: 'a whole number such as 50, or 0 to keep all tokens',
  },
  topP: {
    allows: (value) => isWithin(value, 0, 1),
    advice: 'a number from 0 to 1, where 1 keeps all tokens',
  },
  minP: {
    allows: (value) => isWithin(value, 0, 1),
    advice: 'a number from 0 to 1, where 0 keeps all tokens',
  },
  repetitionPenalty: {
    allows: (value) => isWithin(value, 0.01, 100),
    advice: 'a number from 0.01 to 100, where 1 changes nothing',
  },
  frequencyPenalty: {
    allows: (value) => isWithin(value, -2, 2),
    advice: 'a number from -2 to 2, where 0 changes nothing',
  },
  presencePenalty: {
    allows: (value) => isWithin(value, -2, 2),
    advice: 'a number from -2 to 2, where 0 changes nothing',
  },
};

function isWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

/**
 * Options with everything that was left out at its neutral value.
 * @throws MonosemError `badArgument`, naming the first option that is out of range
 */
export function samplingSettings(options: SamplingOptions): SamplingSettings {
  const settings: SamplingSettings = { ...neutralSampling, ...options };
  for (const [name, { allows, advice }] of Object.entries(rules)) {
    const value = settings[name as keyof SamplingSettings];
    if (allows(value)) continue;
    throw new MonosemError(
      'badArgument',
      `The sampling option ${name} is ${String(value)}; give it ${advice}.`,
    );
  }
  return settings;
}
