// `monosem likelihood --prompt TEXT --continuation TEXT --edit …`: how likely a given continuation is under edits.
import type { ContinuationEffect, ReadContinuation } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { Command } from '../command.ts';
import { editNotes, editOptions, editsOf, editUsage } from '../edits.ts';
import { lossTable, type ComparedToken } from '../lossTable.ts';
import { required, sourceOf, sourceOptions } from '../options.ts';
import { signed } from '../table.ts';

export const likelihood: Command = {
  usage: `likelihood --prompt TEXT [--chat] --continuation TEXT --edit EDIT … ${editUsage}`,
  summary: 'how likely a given continuation of a prompt is with features changed and without',
  notes: editNotes,
  options: {
    ...sourceOptions,
    ...editOptions,
    prompt: { type: 'string' },
    chat: { type: 'boolean' },
    continuation: { type: 'string' },
  },
  async run({ engine, args, root }) {
    const prompt = required(args, 'prompt');
    const continuation = required(args, 'continuation');
    const source = sourceOf(args, root);
    const edits = await editsOf(args, source);
    if (edits.length === 0) {
      throw new MonosemError(
        'badArgument',
        '--edit is missing: say what to change, for example --edit 123:ablate; "monosem effects" shows feature ids.',
      );
    }
    const effect = await engine.continuationEffect(
      { source, prompt, chat: args.flag('chat'), continuation, edits },
      { signal: { aborted: false }, progress: () => undefined },
    );
    const { promptTokens, baseline, steered } = effect;
    const tokens = tokensOf(effect);
    return {
      json: {
        promptTokens,
        tokens: tokens.map(({ changed, ...token }) => ({ ...token, steered: changed })),
        baseline: sumsOf(baseline),
        steered: sumsOf(steered),
      },
      text: [
        lossTable(tokens, 'steered'),
        '',
        `The continuation loses ${baseline.sum.toFixed(3)} nats (perplexity ${baseline.perplexity.toFixed(2)}), steered ${steered.sum.toFixed(3)} (${steered.perplexity.toFixed(2)}): ${signed(steered.sum - baseline.sum)}.`,
      ].join('\n'),
    };
  },
};

/** Numbered from the first token of the continuation. */
function tokensOf(effect: ContinuationEffect): (ComparedToken & { readonly id: number })[] {
  const { ids, texts, baseline, steered } = effect;
  return Array.from(ids, (id, index) => ({
    index,
    id,
    text: texts[index] ?? '',
    baseline: baseline.losses[index] ?? NaN,
    changed: steered.losses[index] ?? NaN,
  }));
}

function sumsOf({ sum, perplexity }: ReadContinuation): Omit<ReadContinuation, 'losses'> {
  return { sum, perplexity };
}
