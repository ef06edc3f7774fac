// `monosem steer --prompt TEXT --edit …`: baseline and steered continuation of a prompt, side by side.
import { MonosemError } from '../../shared/errors.ts';
import type { SteerResult, SteerScope } from '../../shared/engineProtocol.ts';
import { parseEdit } from '../../engine/engine.ts';
import type { Command, Output } from '../command.ts';
import { required, sourceOf, sourceOptions } from '../options.ts';

const scopes: readonly SteerScope[] = ['all', 'prompt', 'generated'];

export const steer: Command = {
  usage:
    'steer --prompt TEXT --edit ID:ablate|ID:scale=S|ID:clamp=C|ID:add=A … [--scope all|prompt|generated] [--tokens 60] [--temperature 0] [--seed 0] [--model DIR] [--sae DIR]',
  summary: 'continue a prompt with features changed, beside the unchanged model',
  options: {
    ...sourceOptions,
    prompt: { type: 'string' },
    edit: { type: 'string', multiple: true },
    scope: { type: 'string' },
    tokens: { type: 'string' },
    temperature: { type: 'string' },
    seed: { type: 'string' },
  },
  async run({ engine, args, root, status }) {
    const prompt = required(args, 'prompt');
    const edits = args.texts('edit').map(parseEdit);
    if (edits.length === 0) {
      throw new MonosemError(
        'badArgument',
        '--edit is missing: say what to change, for example --edit 123:clamp=8; "monosem inspect FILE" shows feature ids.',
      );
    }
    const result = await engine.steer(
      {
        source: sourceOf(args, root),
        prompt,
        edits,
        scope: readScope(args.text('scope') ?? 'all'),
        maxTokens: args.number('tokens', 60, { min: 1, max: 100_000, whole: true }),
        temperature: args.number('temperature', 0, { min: 0, max: 100 }),
        seed: args.number('seed', 0, { min: 0, max: 2 ** 32 - 1, whole: true }),
      },
      {
        signal: { aborted: false },
        progress: (step) => {
          status(`${step.step + 1} tokens`);
        },
      },
    );
    return output(prompt, result);
  },
};

function readScope(text: string): SteerScope {
  const scope = scopes.find((known) => known === text);
  if (scope !== undefined) return scope;
  throw new MonosemError('badArgument', `--scope takes ${scopes.join(', ')}, not "${text}".`);
}

function output(prompt: string, result: SteerResult): Output {
  const divergence = result.steps.find((step) => step.baseline?.id !== step.steered?.id);
  const summary =
    divergence === undefined
      ? 'The two continuations are the same.'
      : `They part at token ${divergence.step + 1}; KL there ${divergence.kl.toFixed(3)} nats.`;
  return {
    json: result,
    text: [
      'baseline',
      `  ${prompt}│${result.baseline.text}`,
      '',
      'steered',
      `  ${prompt}│${result.steered.text}`,
      '',
      summary,
    ].join('\n'),
  };
}
