import { expect, test } from 'vitest';
import { samplingSettings } from '../../../src/engine/steering/samplingOptions.ts';
import type { Sampling } from '../../../src/shared/engineProtocol.ts';
import { MonosemError } from '../../../src/shared/errors.ts';

test('what is left out is neutral, and the limits belong to the range', () => {
  expect(samplingSettings({ temperature: 0.7, topK: 5 })).toEqual({
    temperature: 0.7,
    topK: 5,
    topP: 1,
    minP: 0,
    repetitionPenalty: 1,
    frequencyPenalty: 0,
    presencePenalty: 0,
  });
  const least = {
    temperature: 0,
    topK: 0,
    topP: 0,
    minP: 0,
    repetitionPenalty: 0.01,
    frequencyPenalty: -2,
    presencePenalty: -2,
  };
  const most = {
    temperature: 100,
    topK: 1_000_000,
    topP: 1,
    minP: 1,
    repetitionPenalty: 100,
    frequencyPenalty: 2,
    presencePenalty: 2,
  };
  for (const options of [least, most]) expect(samplingSettings(options)).toEqual(options);
});

function messageFor(options: Partial<Sampling>): string {
  try {
    samplingSettings({ temperature: 1, ...options });
  } catch (error) {
    if (MonosemError.is(error, 'badArgument')) return error.message;
    throw error;
  }
  return 'nothing is wrong';
}

test.each([
  [
    { temperature: -1 },
    'The sampling option temperature is -1; give it a number from 0.000001 to 100, or 0 for the likeliest token every time.',
  ],
  [
    { temperature: 1e-9 },
    'The sampling option temperature is 1e-9; give it a number from 0.000001 to 100, or 0 for the likeliest token every time.',
  ],
  [
    { topK: 2.5 },
    'The sampling option topK is 2.5; give it a whole number such as 50, or 0 to keep all tokens.',
  ],
  [
    { topP: 1.5 },
    'The sampling option topP is 1.5; give it a number from 0 to 1, where 1 keeps all tokens.',
  ],
  [
    { minP: NaN },
    'The sampling option minP is NaN; give it a number from 0 to 1, where 0 keeps all tokens.',
  ],
  [
    { repetitionPenalty: 0 },
    'The sampling option repetitionPenalty is 0; give it a number from 0.01 to 100, where 1 changes nothing.',
  ],
  [
    { frequencyPenalty: 3 },
    'The sampling option frequencyPenalty is 3; give it a number from -2 to 2, where 0 changes nothing.',
  ],
  [
    { presencePenalty: Infinity },
    'The sampling option presencePenalty is Infinity; give it a number from -2 to 2, where 0 changes nothing.',
  ],
] as const)('%o is refused', (options, message) => {
  expect(messageFor(options)).toBe(message);
});
