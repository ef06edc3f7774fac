// What `monosem steer` is asked to do, as the engine takes it.
import type { SteerParams } from '../shared/engineProtocol.ts';
import { editOptions, editsOf } from './edits.ts';
import { generationOf, generationOptions } from './generation.ts';
import { sourceOf, sourceOptions, type Arguments } from './options.ts';

export const steerOptions = {
  ...sourceOptions,
  ...generationOptions,
  ...editOptions,
  samples: { type: 'string' },
  top: { type: 'string' },
} as const;

/** @throws MonosemError `badArgument` */
export function samplesOf(args: Arguments): number {
  return args.number('samples', 1, { min: 1, max: 1000, whole: true });
}

/** Likeliest tokens to report with every step. @throws MonosemError `badArgument` */
export function topOf(args: Arguments): number {
  return args.number('top', 0, { min: 0, max: 1000, whole: true });
}

/**
 * @param root folder of this package, where the embedded model is
 * @throws MonosemError `badArgument`, `badEdit`, and what reading a direction can throw
 */
export async function readSteerCall(args: Arguments, root: string): Promise<SteerParams> {
  const source = sourceOf(args, root);
  const [samples, top] = [samplesOf(args), topOf(args)];
  return {
    source,
    ...generationOf(args),
    edits: await editsOf(args, source),
    ...(samples > 1 && { samples }),
    ...(top > 0 && { top }),
  };
}
