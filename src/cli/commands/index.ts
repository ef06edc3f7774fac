// `monosem index CORPUS`: builds the feature store of an SAE: densities, histograms and top examples of all features.
import type { Command } from '../command.ts';
import { onlyPositional, sourceOf, sourceOptions } from '../options.ts';

export const index: Command = {
  argument: 'CORPUS',
  usage: 'index CORPUS',
  summary:
    'build the feature store of an SAE from a text file, documents separated by lines "<|endoftext|>"',
  options: sourceOptions,
  async run({ engine, args, root, status }) {
    const corpus = onlyPositional(args, 'CORPUS');
    const facts = await engine.buildFeatures(
      { source: sourceOf(args, root), corpus },
      (done, total) => {
        status(`${done} of ${total} documents`);
      },
    );
    return {
      json: facts,
      text: `features of ${facts.tokens} tokens in ${facts.documents} documents written to ${facts.file}`,
    };
  },
};
