// (d) What playing costs: a sweep of 16 strengths against 16 runs by themselves, and the time from a slider that was
// moved to the first new token against reading the prompt in plain onnxruntime.
import { Engine } from '../src/engine/engine.ts';
import { openModel } from '../src/engine/model/openModel.ts';
import { openSession } from '../src/engine/onnx/runtime/session.ts';
import type { SteerEdit } from '../src/shared/engineProtocol.ts';
import { featureIndex } from '../src/shared/units.ts';
import type { Effort } from './options.ts';
import { emptyPast, tokenFeeds } from './plainDecoder.ts';
import type { BenchResult, ResultName } from './result.ts';
import { compare, interleave } from './statistics.ts';
import type { Subject } from './subjects.ts';
import { firstTokens } from './text.ts';

const strengths = Array.from({ length: 16 }, (_, i) => i - 7.5);
const sweptTokens = 30;
const sweptPrompt = 16;
const idle = { signal: { aborted: false }, progress: (): void => undefined };
const greedy = { temperature: 0, seed: 0 } as const;

function addition({ sae }: Subject, amount: number, from = 0): SteerEdit {
  const feature = featureIndex(7);
  return { sae, feature, operation: 'add', amount, positions: { ranges: [{ from }] } };
}

export async function benchSweep(subject: Subject, effort: Effort): Promise<BenchResult> {
  const { source } = subject;
  const { tokenizer } = await openModel(source.model);
  const prompt = await firstTokens(tokenizer, subject.text, sweptPrompt);
  const engine = Engine.create();
  const run = { source, prompt, maxTokens: sweptTokens, ...greedy };
  const pairs = await interleave(
    () => engine.sweep({ ...run, edits: [addition(subject, 1)], amounts: strengths }, idle),
    async () => {
      for (const amount of strengths)
        await engine.steer({ ...run, edits: [addition(subject, amount)] }, idle);
    },
    { warmUp: 1, rounds: Math.max(1, Math.ceil(effort.rounds / 5)) },
  );
  await engine.dispose();
  return compare(
    {
      ...{ name: 'sweep', model: subject.name, unit: 'ms' },
      monosem: `${strengths.length} strengths, ${sweptTokens} tokens each, measured`,
      reference: 'as many runs, each with its baseline',
    },
    pairs,
  );
}

/** Of an edit from the last token of the prompt on, before which nothing changes, and of an edit of all tokens. */
export async function benchSlider(
  subject: Subject,
  effort: Effort,
): Promise<readonly BenchResult[]> {
  return [
    await slider(subject, effort, 'slider', subject.longPrompt),
    await slider(subject, effort, 'sliderAll', 0),
  ];
}

async function slider(
  subject: Subject,
  effort: Effort,
  name: ResultName,
  from: number,
): Promise<BenchResult> {
  const { source, longPrompt } = subject;
  const model = await openModel(source.model);
  const prompt = await firstTokens(model.tokenizer, subject.text, longPrompt);
  const { ids } = await model.tokenizer.encode(prompt);
  const session = await openSession({ file: model.onnxFile });
  const engine = Engine.create();
  let amount = 0;
  const move = (): Promise<unknown> => {
    amount += 0.25;
    const edits = [addition(subject, amount, from)];
    return engine.steer({ source, prompt, edits, maxTokens: 1, ...greedy }, idle);
  };
  const { inputs } = model.sites;
  const pairs = await interleave(
    move,
    () => session.run({ ...tokenFeeds(inputs, ids), ...emptyPast(inputs) }),
    { warmUp: 2, rounds: effort.rounds },
  );
  session.dispose();
  await engine.dispose();
  return compare(
    {
      ...{ name, model: subject.name, unit: 'ms' },
      monosem: `slider moved behind ${longPrompt} tokens, edit from position ${from} on`,
      reference: 'prompt read in plain onnxruntime',
    },
    pairs,
  );
}
