// `monosem direction --site SITE --more TEXT --less TEXT --out FILE.safetensors`: a direction to steer along, from two texts.
import { directionTensor, saveTensors } from '../../engine/engine.ts';
import type { Command } from '../command.ts';
import { choiceOf, modelOptions, required } from '../options.ts';

export const direction: Command = {
  usage: 'direction --site SITE --more TEXT --less TEXT --out FILE.safetensors',
  summary:
    'a direction [D] to steer along: the mean of a site over the tokens of a text minus another',
  options: {
    ...modelOptions,
    site: { type: 'string' },
    more: { type: 'string' },
    less: { type: 'string' },
    out: { type: 'string' },
  },
  async run({ engine, args, root }) {
    const [site, out] = [required(args, 'site'), required(args, 'out')];
    const texts = { more: required(args, 'more'), less: required(args, 'less') };
    const model = choiceOf(args, root);
    const made = await engine.direction(
      { model, site, origin: texts },
      { signal: { aborted: false }, progress: () => undefined },
    );
    const { direction: data, norm, texts: read } = made;
    const D = data.length;
    const metadata = { site, model: model.model, method: 'difference of means', ...texts };
    await saveTensors(out, { [directionTensor]: { dims: [D], data } }, metadata);
    const compared = read ? `, that of the tokens there ${read.streamNorm.toFixed(3)}` : '';
    return {
      json: { site, out, D, norm, ...read },
      text: `direction [${D}] at ${site} written to ${out}; its length is ${norm.toFixed(3)}${compared}`,
    };
  },
};
