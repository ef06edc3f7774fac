// Reads settings of a run that came from outside: from the steering view, or from what an earlier window has stored.
import type { SteerSettings } from '../../shared/webviewProtocol.ts';
import { type Named, isFlag, isWhole, readList, readNumber } from './readValues.ts';
import { fieldsOf } from './viewMessages.ts';

const mostTokens = 4096;
const mostStops = 16;
const longestStop = 1024;
export const mostSamples = 8;

/** Smallest and largest value of what may be left out. */
const optional = {
  topK: [0, 2 ** 31],
  topP: [0, 1],
  minP: [0, 1],
  repetitionPenalty: [0.01, 100],
  frequencyPenalty: [-2, 2],
  presencePenalty: [-2, 2],
  samples: [1, mostSamples],
} as const satisfies Partial<Record<keyof SteerSettings, readonly [number, number]>>;

const wholeNumbers: readonly string[] = ['topK', 'samples'];

export function readSteerSettings(value: unknown): SteerSettings | undefined {
  const fields: Named<keyof SteerSettings> = fieldsOf(value) ?? {};
  const required = readRequired(fields);
  const others = readOptional(fields);
  const stop = readList(fields.stop ?? [], mostStops, readStop);
  if (required === undefined || others === undefined || stop === undefined) return undefined;
  if (!isFlag(fields.chat)) return undefined;
  return {
    ...{ ...required, ...others },
    ...(stop.length > 0 && { stop }),
    ...(fields.chat === true && { chat: true }),
  };
}

function readRequired(
  fields: Named<keyof SteerSettings>,
): Pick<SteerSettings, 'maxTokens' | 'temperature' | 'seed'> | undefined {
  const maxTokens = readNumber(fields.maxTokens, [1, mostTokens]);
  const temperature = readNumber(fields.temperature, [0, 100]);
  const seed = readNumber(fields.seed, [0, Number.MAX_SAFE_INTEGER]);
  if (!isWhole(maxTokens) || temperature === undefined || !isWhole(seed)) return undefined;
  return { maxTokens, temperature, seed };
}

function readOptional(fields: Named<keyof typeof optional>): Partial<SteerSettings> | undefined {
  const read: Record<string, number> = {};
  for (const [name, range] of Object.entries(optional)) {
    const value = fields[name as keyof typeof optional];
    if (value === undefined) continue;
    const number = readNumber(value, range);
    if (number === undefined || (wholeNumbers.includes(name) && !isWhole(number))) return undefined;
    read[name] = number;
  }
  return read;
}

function readStop(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= longestStop
    ? value
    : undefined;
}
