// `monosem steer --prompt TEXT --edit …`: baseline and steered continuation of a prompt, side by side. Without edits and
// without an SAE: what the model writes by itself.
import { MonosemError } from '../../shared/errors.ts';
import type { Continuation, ContinuationStep, SteeredSample } from '../../shared/engineProtocol.ts';
import type { Command, CommandContext, Output } from '../command.ts';
import { editNotes, editUsage } from '../edits.ts';
import { continuationStepJson, expectedTable, likelyTable, stepJson } from '../expectedTokens.ts';
import { generationOf, generationUsage } from '../generation.ts';
import { choiceOf } from '../options.ts';
import { readSteerCall, samplesOf, steerOptions, topOf } from '../steerCall.ts';

export const steer: Command = {
  usage: `steer --prompt TEXT [--chat] [--edit EDIT …] ${editUsage} ${generationUsage} [--samples 1] [--top N]`,
  summary:
    'continue a prompt with features changed, beside the unchanged model; without --edit, as it is',
  notes: editNotes,
  options: steerOptions,
  run: (context) =>
    context.args.texts('edit').length === 0 ? continuePrompt(context) : steerPrompt(context),
};

interface ContinuedSample {
  readonly baseline: Continuation;
  readonly steps: readonly ContinuationStep[];
}

async function continuePrompt({ engine, args, root, status }: CommandContext): Promise<Output> {
  const params = generationOf(args);
  for (const name of ['sae', 'scope', 'direction']) {
    if (args.text(name) === undefined && args.texts(name).length === 0) continue;
    throw new MonosemError(
      'badArgument',
      `--edit is missing, but --${name} is there: say what to change, for example --edit 123:clamp=8; "monosem inspect FILE" shows feature ids.`,
    );
  }
  const top = topOf(args);
  const steps: ContinuationStep[][] = [];
  const texts = await engine.continueText(
    {
      ...{ model: choiceOf(args, root), ...params, samples: samplesOf(args) },
      ...(top > 0 && { top }),
    },
    {
      signal: { aborted: false },
      progress: (step) => {
        const own = (steps[step.sample] ??= []);
        own.push(step);
        status(`${own.length} tokens${step.sample === 0 ? '' : ` of text ${step.sample + 1}`}`);
      },
    },
  );
  const samples: ContinuedSample[] = texts.map((baseline, n) => ({
    baseline,
    steps: steps[n] ?? [],
  }));
  const shown = (sample: ContinuedSample): string => {
    // A template stands between a question and its answer, so they are no one text.
    const prompt = params.chat === true ? '' : `${params.prompt}│`;
    const expected = top > 0 ? `\n\n${likelyTable(sample.steps)}` : '';
    return `${prompt}${sample.baseline.text}${expected}`;
  };
  return {
    json: {
      samples: samples.map(({ baseline, steps }) => ({
        baseline,
        steps: steps.map(continuationStepJson),
      })),
    },
    text: samples.map(shown).join('\n\n'),
  };
}

async function steerPrompt({ engine, args, root, status }: CommandContext): Promise<Output> {
  const params = await readSteerCall(args, root);
  const { samples } = await engine.steer(params, {
    signal: { aborted: false },
    progress: ({ sample, step }) => {
      status(`${step + 1} tokens${sample === 0 ? '' : ` of text ${sample + 1}`}`);
    },
  });
  return {
    json: { samples: samples.map((each) => ({ ...each, steps: each.steps.map(stepJson) })) },
    text: samples
      .map((sample, n) => {
        const heading = samples.length === 1 ? [] : [`sample ${n + 1}`, ''];
        const expected = params.top === undefined ? [] : ['', expectedTable(sample.steps)];
        return [...heading, sampleText(params.prompt, sample), ...expected].join('\n');
      })
      .join('\n\n'),
  };
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
