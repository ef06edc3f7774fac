// `monosem steer --prompt TEXT --edit …`: baseline and steered continuation of a prompt, side by side. Without edits and
// without an SAE: what the model writes by itself.
import { withScope } from '../../shared/editScope.ts';
import { parseEdit } from '../../shared/editText.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { SteeredSample, SteerScope } from '../../shared/engineProtocol.ts';
import type { Command, CommandContext, Output } from '../command.ts';
import { choiceOf, required, sourceOf, sourceOptions, type Arguments } from '../options.ts';

const scopes: readonly SteerScope[] = ['all', 'prompt', 'generated'];

export const steer: Command = {
  usage:
    'steer --prompt TEXT [--chat] [--edit ID:ablate|ID:scale=S|ID:clamp=C|ID:add=A …] [--scope all|prompt|generated] [--tokens 60] [--temperature 0] [--seed 0]',
  summary:
    'continue a prompt with features changed, beside the unchanged model; without --edit, as it is',
  options: {
    ...sourceOptions,
    prompt: { type: 'string' },
    chat: { type: 'boolean' },
    edit: { type: 'string', multiple: true },
    scope: { type: 'string' },
    tokens: { type: 'string' },
    temperature: { type: 'string' },
    seed: { type: 'string' },
  },
  run: (context) =>
    context.args.texts('edit').length === 0 ? continuePrompt(context) : steerPrompt(context),
};

/** What both ways of generating take. */
function generation(args: Arguments): {
  prompt: string;
  chat: boolean;
  maxTokens: number;
  temperature: number;
  seed: number;
} {
  return {
    prompt: required(args, 'prompt'),
    chat: args.flag('chat'),
    maxTokens: args.number('tokens', 60, { min: 1, max: 100_000, whole: true }),
    temperature: args.number('temperature', 0, { min: 0, max: 100 }),
    seed: args.number('seed', 0, { min: 0, max: 2 ** 32 - 1, whole: true }),
  };
}

async function continuePrompt({ engine, args, root, status }: CommandContext): Promise<Output> {
  const params = generation(args);
  for (const name of ['sae', 'scope']) {
    if (args.text(name) === undefined && args.texts(name).length === 0) continue;
    throw new MonosemError(
      'badArgument',
      `--edit is missing, but --${name} is there: say what to change, for example --edit 123:clamp=8; "monosem inspect FILE" shows feature ids.`,
    );
  }
  let tokens = 0;
  const continuation = await engine.continueText(
    { model: choiceOf(args, root), ...params },
    {
      signal: { aborted: false },
      progress: () => {
        tokens += 1;
        status(`${tokens} tokens`);
      },
    },
  );
  return {
    json: { baseline: continuation },
    // A template stands between a question and its answer, so they are no one text.
    text: params.chat ? continuation.text : `${params.prompt}│${continuation.text}`,
  };
}

async function steerPrompt({ engine, args, root, status }: CommandContext): Promise<Output> {
  const params = generation(args);
  const source = sourceOf(args, root);
  const result = await engine.steer(
    {
      source,
      ...params,
      edits: withScope(
        args.texts('edit').map((edit) => parseEdit(edit, source.saes)),
        readScope(args.text('scope') ?? 'all'),
      ),
    },
    {
      signal: { aborted: false },
      progress: (step) => {
        status(`${step.step + 1} tokens`);
      },
    },
  );
  return {
    json: result,
    text: result.samples.map((each) => sampleText(params.prompt, each)).join('\n\n'),
  };
}

function readScope(text: string): SteerScope {
  const scope = scopes.find((known) => known === text);
  if (scope !== undefined) return scope;
  throw new MonosemError('badArgument', `--scope takes ${scopes.join(', ')}, not "${text}".`);
}

function sampleText(prompt: string, { baseline, steered, steps }: SteeredSample): string {
  const divergence = steps.find((step) => step.baseline?.id !== step.steered?.id);
  const summary =
    divergence === undefined
      ? 'The two continuations are the same.'
      : `They part at token ${divergence.step + 1}; KL there ${divergence.kl.toFixed(3)} nats.`;
  return [
    'baseline',
    `  ${prompt}│${baseline.text}`,
    '',
    'steered',
    `  ${prompt}│${steered.text}`,
    '',
    summary,
  ].join('\n');
}
