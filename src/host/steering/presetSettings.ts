// The settings in a preset, each within its range. Without VS Code.
import type { GenerationParams } from '../../shared/engineProtocol.ts';
import type { Fields, NumberRange } from './presetFields.ts';

/** How text is generated; what is left out stays as it is where the preset is loaded. */
export type PresetSettings = Partial<Omit<GenerationParams, 'prompt'>> & {
  readonly samples?: number;
};

const mostStops = 16;
const longestStop = 1000;

/** Where the engine takes less it says so. */
const ranges = {
  maxTokens: { min: 1, max: 100_000, whole: true },
  temperature: { min: 0, max: 100 },
  topK: { min: 0, max: 10_000_000, whole: true },
  topP: { min: 0, max: 1 },
  minP: { min: 0, max: 1 },
  repetitionPenalty: { min: 0.01, max: 100 },
  frequencyPenalty: { min: -2, max: 2 },
  presencePenalty: { min: -2, max: 2 },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
  /** As many as the panel shows. */
  samples: { min: 1, max: 8, whole: true },
} as const satisfies Readonly<Record<string, NumberRange>>;

/** @throws MonosemError `fileDamaged`, naming the first field that is wrong */
export function readPresetSettings(fields: Fields): PresetSettings {
  const chat = fields.flag('chat');
  const stop = fields.texts('stop', mostStops, longestStop);
  const numbers = Object.entries(ranges)
    .map(([name, range]) => [name, fields.number(name, range)] as const)
    .filter(([, value]) => value !== undefined);
  return {
    ...(chat !== undefined && { chat }),
    ...(stop.length > 0 && { stop }),
    ...(Object.fromEntries(numbers) as { readonly [name in keyof typeof ranges]?: number }),
  };
}
