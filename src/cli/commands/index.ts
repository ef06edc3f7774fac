// `monosem index CORPUS`: builds the feature store of each SAE: densities, histograms and top examples of all features.
import type { StoreFacts } from '../../engine/engine.ts';
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
    const { saes, ...model } = sourceOf(args, root);
    const built: (StoreFacts & { readonly file: string })[] = [];
    for (const [n, sae] of saes.entries()) {
      const of = saes.length === 1 ? '' : ` with SAE ${n + 1} of ${saes.length}`;
      const report = (done: number, total: number): void => {
        status(`${done} of ${total} documents${of}`);
      };
      built.push(await engine.buildFeatures({ model, sae, corpus }, report));
    }
    return {
      json: built,
      text: built
        .map(
          ({ tokens, documents, file }) =>
            `features of ${tokens} tokens in ${documents} documents written to ${file}`,
        )
        .join('\n'),
    };
  },
};
