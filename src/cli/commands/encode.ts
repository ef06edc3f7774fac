// `monosem encode --sae DIR --activations FILE --out FILE`: features and reconstruction of activations from any source.
import { loadTensor, saveTensors } from '../../engine/engine.ts';
import type { Command } from '../command.ts';
import { required } from '../options.ts';

export const encode: Command = {
  usage: 'encode --sae DIR --activations FILE.safetensors --out FILE.safetensors',
  summary: 'features [T, F] and reconstruction [T, D] of activations [T, D]',
  options: {
    sae: { type: 'string' },
    activations: { type: 'string' },
    out: { type: 'string' },
  },
  async run({ engine, args }) {
    const sae = required(args, 'sae');
    const out = required(args, 'out');
    const input = await loadTensor(required(args, 'activations'), 'activations');
    const { features, reconstruction } = await engine.encode(sae, input);
    await saveTensors(out, { features, reconstruction }, { sae });
    return {
      json: { out, features: features.dims, reconstruction: reconstruction.dims },
      text: `features [${features.dims.join(', ')}] and reconstruction [${reconstruction.dims.join(', ')}] written to ${out}`,
    };
  },
};
