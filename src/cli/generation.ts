// How text is generated, as the command line says it: for every command that lets a model write.
import type { GenerationParams, Sampling } from '../shared/engineProtocol.ts';
import { required, type Arguments, type NumberRange } from './options.ts';

export const generationOptions = {
  prompt: { type: 'string' },
  chat: { type: 'boolean' },
  tokens: { type: 'string' },
  temperature: { type: 'string' },
  'top-k': { type: 'string' },
  'top-p': { type: 'string' },
  'min-p': { type: 'string' },
  'repetition-penalty': { type: 'string' },
  'frequency-penalty': { type: 'string' },
  'presence-penalty': { type: 'string' },
  stop: { type: 'string', multiple: true },
  seed: { type: 'string' },
} as const;

/** The options in a usage, behind the prompt. */
export const generationUsage =
  '[--tokens 60] [--temperature 0] [--top-k N] [--top-p P] [--min-p P] [--repetition-penalty 1] [--frequency-penalty 0] [--presence-penalty 0] [--stop TEXT …] [--seed 0]';

const share: NumberRange = { min: 0, max: 1 };
const penalty: NumberRange = { min: -2, max: 2 };

/** What is left out is left to the model. */
const samplingRanges: readonly (readonly [
  name: Exclude<keyof Sampling, 'temperature'>,
  option: string,
  range: NumberRange,
])[] = [
  ['topK', 'top-k', { min: 0, max: Infinity, whole: true }],
  ['topP', 'top-p', share],
  ['minP', 'min-p', share],
  ['repetitionPenalty', 'repetition-penalty', { min: 0.01, max: 100 }],
  ['frequencyPenalty', 'frequency-penalty', penalty],
  ['presencePenalty', 'presence-penalty', penalty],
];

/** @throws MonosemError `badArgument` */
export function generationOf(args: Arguments): GenerationParams {
  const stop = args.texts('stop');
  const given = samplingRanges.filter(([, option]) => args.text(option) !== undefined);
  return {
    prompt: required(args, 'prompt'),
    chat: args.flag('chat'),
    maxTokens: args.number('tokens', 60, { min: 1, max: 100_000, whole: true }),
    temperature: args.number('temperature', 0, { min: 0, max: 100 }),
    ...Object.fromEntries(
      given.map(([name, option, range]) => [name, args.number(option, NaN, range)]),
    ),
    ...(stop.length > 0 && { stop }),
    seed: args.number('seed', 0, { min: 0, max: 2 ** 32 - 1, whole: true }),
  };
}
