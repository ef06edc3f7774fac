// `monosem activations FILE --site NAME --out FILE.safetensors`: the residual stream of a text, one row per token.
import { readUserText, saveTensors } from '../../engine/engine.ts';
import type { Command } from '../command.ts';
import { choiceOf, modelOptions, onlyPositional, required } from '../options.ts';

export const activations: Command = {
  argument: 'FILE',
  usage: 'activations FILE --site NAME --out FILE.safetensors',
  summary: 'activations [T, D] at a site, row t = token t of "inspect"',
  options: { ...modelOptions, site: { type: 'string' }, out: { type: 'string' } },
  async run({ engine, args, root, status }) {
    const file = onlyPositional(args, 'FILE');
    const site = required(args, 'site');
    const out = required(args, 'out');
    const model = choiceOf(args, root);
    const text = await readUserText(file);
    const tensor = await engine.activations({ model, site, text }, (tokens) => {
      status(`${tokens} tokens`);
    });
    await saveTensors(out, { activations: tensor }, { site, model: model.model });
    return {
      json: { site, out, shape: tensor.dims },
      text: `activations [${tensor.dims.join(', ')}] at ${site} written to ${out}`,
    };
  },
};
