// Checkpoints: the whole state of a training run in one safetensors file, so that an interrupted run continues exactly
// where it was. The finished SAE is written by sae/formats, not here.
import { readSafetensors, writeSafetensors } from '../files/safetensors.ts';
import { readTensor } from '../files/tensorData.ts';
import { MonosemError } from '../../shared/errors.ts';
import { expectShape, type Tensor } from '../../shared/tensor.ts';
import type { AdamSlot } from '../math/adam.ts';
import type { TrainerSettings } from './settings.ts';
import type { TrainerState } from './state.ts';

const slotNames = ['encoder', 'decoder', 'encoderBias', 'decoderBias'] as const;
const partNames = ['weights', 'moment1', 'moment2'] as const;

type SlotName = (typeof slotNames)[number];

function dimsOf(name: SlotName, { D, F }: TrainerSettings): readonly number[] {
  switch (name) {
    case 'encoder':
    case 'decoder':
      return [F, D];
    case 'encoderBias':
      return [F];
    case 'decoderBias':
      return [D];
  }
}

function identity(settings: TrainerSettings): string {
  return JSON.stringify({ ...settings, steps: undefined, decaySteps: undefined });
}

/** Writes settings and state to `file`, complete or not at all. */
export async function saveCheckpoint(
  file: string,
  settings: TrainerSettings,
  state: TrainerState,
): Promise<void> {
  const tensors: Record<string, Tensor> = {
    idleTokens: { dims: [settings.F], data: state.idleTokens },
  };
  for (const name of slotNames) {
    for (const part of partNames) {
      tensors[`${name}.${part}`] = { dims: dimsOf(name, settings), data: state[name][part] };
    }
  }
  // Numbers travel as JSON: safetensors metadata holds strings only, and float32 would round the scale.
  const { step, threshold, scale, variance } = state;
  await writeSafetensors(file, tensors, {
    settings: identity(settings),
    state: JSON.stringify({ step, threshold, scale, variance }),
  });
}

/**
 * Reads a checkpoint of a run with the same settings. The number of steps may differ: until the learning rate begins to
 * fall, a longer run is the same run.
 * @throws MonosemError `badArgument` when the settings differ, `fileMissing` or `fileDamaged`
 */
export async function loadCheckpoint(
  file: string,
  settings: TrainerSettings,
): Promise<TrainerState> {
  const { tensors, metadata } = await readSafetensors(file);
  if (metadata.get('settings') !== identity(settings)) {
    throw new MonosemError(
      'badArgument',
      `The checkpoint ${file} was made with other settings; continue with those or start anew.`,
    );
  }
  const read = async (name: string, dims: readonly number[]): Promise<Float32Array> => {
    const stored = tensors.get(name);
    if (stored === undefined) throw damaged(file, `tensor ${name} is missing`);
    expectShape(`Tensor ${name} in ${file}`, stored.dims, dims);
    return (await readTensor(stored)).data;
  };
  const slot = async (name: SlotName): Promise<AdamSlot> => {
    const dims = dimsOf(name, settings);
    const weights = await read(`${name}.weights`, dims);
    return {
      weights,
      gradient: new Float32Array(weights.length),
      moment1: await read(`${name}.moment1`, dims),
      moment2: await read(`${name}.moment2`, dims),
    };
  };
  return {
    ...parseNumbers(file, metadata.get('state')),
    encoder: await slot('encoder'),
    decoder: await slot('decoder'),
    encoderBias: await slot('encoderBias'),
    decoderBias: await slot('decoderBias'),
    idleTokens: await read('idleTokens', [settings.F]),
  };
}

function parseNumbers(
  file: string,
  text: string | undefined,
): Pick<TrainerState, 'step' | 'threshold' | 'scale' | 'variance'> {
  const values = parseObject(file, text);
  const number = (name: string): number => {
    const value = values[name];
    if (typeof value !== 'number') throw damaged(file, `${name} is missing`);
    return value;
  };
  return {
    step: number('step'),
    threshold: number('threshold'),
    scale: number('scale'),
    variance: number('variance'),
  };
}

function parseObject(file: string, text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? '');
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  throw damaged(file, 'its state is unreadable');
}

function damaged(file: string, problem: string): MonosemError {
  return new MonosemError(
    'fileDamaged',
    `The checkpoint ${file} is damaged: ${problem}; start again from an earlier one.`,
  );
}
