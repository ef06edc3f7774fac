// `monosem ablate FILE --at N --feature ID`: what the model expects behind a token with a feature and without it.
import { readUserText } from '../../engine/engine.ts';
import type { Command } from '../command.ts';
import { likelyJson, likelyText } from '../likelyTokens.ts';
import { ablatedTokens, lossTable, type ReadToken } from '../lossTable.ts';
import { featureOf, onlyPositional, required, sourceOf, sourceOptions } from '../options.ts';
import { signed } from '../table.ts';
import { placeOf, placeOptions } from '../tokenPlace.ts';

export const ablate: Command = {
  argument: 'FILE',
  usage: 'ablate FILE --at N | --offset N --feature ID [--onwards] [--tokens 20] [--top 5]',
  summary:
    'losses behind a token with a feature and without it; --onwards: gone from all that follows, too',
  options: {
    ...sourceOptions,
    ...placeOptions,
    feature: { type: 'string' },
    onwards: { type: 'boolean' },
    tokens: { type: 'string' },
    top: { type: 'string' },
  },
  async run({ engine, args, root }) {
    const file = onlyPositional(args, 'FILE');
    const at = placeOf(args);
    const limit = args.number('tokens', 20, { min: 0, max: 100_000, whole: true });
    const top = args.number('top', 5, { min: 1, max: 1000, whole: true });
    const source = sourceOf(args, root);
    const { sae, feature } = featureOf(required(args, 'feature'), source, '--feature');
    const scope = args.flag('onwards') ? 'onwards' : 'here';
    const text = await readUserText(file);
    const effect = await engine.ablationEffect(
      { source, text, at, sae, feature, scope, limit, top },
      { signal: { aborted: false }, progress: () => undefined },
    );
    const tokens = ablatedTokens(effect, text, effect.token + 1);
    const { token, activation, next } = effect;
    const likely = { baseline: likelyJson(next.baseline), ablated: likelyJson(next.ablated) };
    return {
      json: {
        ...{ token, feature, scope, activation, next: { ...next, ...likely } },
        tokens: tokens.map(({ changed, ...own }) => ({ ...own, ablated: changed })),
      },
      text: [
        `Feature ${feature} on token ${token} has activation ${activation.toFixed(3)}; ablated ${scope === 'here' ? 'there' : 'there and on every token behind it'}.`,
        '',
        `Behind it · KL ${next.kl.toFixed(4)} nats`,
        `  with     ${likelyText(next.baseline)}`,
        `  without  ${likelyText(next.ablated)}`,
        ...lossText(tokens),
      ].join('\n'),
    };
  },
};

function lossText(tokens: readonly ReadToken[]): string[] {
  if (tokens.length === 0) return [];
  const sum = tokens.reduce((total, { baseline, changed }) => total + changed - baseline, 0);
  return [
    '',
    lossTable(tokens, 'without'),
    '',
    `Loss changes by ${signed(sum)} nats over ${tokens.length} tokens.`,
  ];
}
