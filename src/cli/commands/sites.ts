// `monosem sites MODEL`: what the model is made of and where its residual stream can be read and edited.
import type { Command } from '../command.ts';
import { onlyPositional } from '../options.ts';
import { table } from '../table.ts';

export const sites: Command = {
  argument: 'MODEL',
  usage: 'sites MODEL',
  summary: 'facts of a decoder (an .onnx file or a model folder), tensor and neurons of every site',
  options: { variant: { type: 'string' } },
  async run({ engine, args }) {
    const facts = await engine.sites(onlyPositional(args, 'MODEL'), args.text('variant'));
    const { sites: found, ...about } = facts;
    const lines = Object.entries(about).map(([name, value]) => [name, String(value)]);
    return {
      json: facts,
      text: [
        table([{ title: 'fact' }, { title: 'value' }], lines),
        '',
        table(
          [
            { title: 'site' },
            { title: 'type' },
            { title: 'neurons', align: 'right' },
            { title: 'tensor' },
          ],
          found.map(({ name, type, neurons, tensor }) => [
            name,
            type,
            neurons?.toString() ?? '',
            tensor,
          ]),
        ),
      ].join('\n'),
    };
  },
};
