// Dose and response: one edit at several strengths beside the baseline, generated as one batch, then measured as given
// texts.
import type {
  SteerEdit,
  SweepMeasures,
  SweepParams,
  SweepProgress,
  SweepResult,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { withAmount } from './edits.ts';
import { generate } from './generate.ts';
import { promptBlock, promptIds } from './prompt.ts';
import { planFor, readyEdits, type SteerableSource } from './steerSource.ts';
import { measureTexts } from './sweepMeasures.ts';
import { SweepTexts } from './sweepTexts.ts';

/** Readings of given texts behind the generation: on the baseline's text, and of each text. */
const measurements = 2;

/** @throws MonosemError as `steerSource`, and `badEdit` for an edit that takes no amount */
export async function sweepSource(
  source: SteerableSource,
  params: SweepParams,
  onProgress: (progress: SweepProgress) => void,
  breath: () => Promise<void>,
): Promise<SweepResult> {
  const { model, bosId } = source;
  const prompt = await promptIds(model, params, bosId);
  const rows = [[], ...params.amounts.map((amount) => atAmount(params, amount))];
  const plan = await planFor(source, rows, prompt.length);
  const of = params.maxTokens + measurements;
  let done = 0;
  const onStep = (): void => onProgress({ done: (done += 1), of });
  const { tokenizer } = model;
  const texts = new SweepTexts({ tokenizer, prompt, params, rows: rows.length, onStep });
  await source.useProgram(plan.layout, async ({ program, prefix }) => {
    const generation = {
      edits: await readyEdits(source, plan, program),
      sites: model.sites,
      prefix,
      groups: [texts],
      sequences: [rows.map(() => prompt)],
      promptBlock: promptBlock(model, program),
      maxTokens: params.maxTokens,
      contextLength: model.config.contextLength,
    };
    await generate(generation, breath);
  });
  const found = texts.finish();
  const measured = await measureTexts(source, { plan, prompt, texts: found }, breath);
  onProgress({ done: of, of });
  const [baseline, ...points] = found.map((continuation, row) => ({
    continuation,
    ...(measured[row] ?? noMeasures),
  }));
  if (baseline === undefined) throw new MonosemError('internal', 'A sweep has no baseline.');
  return {
    baseline,
    points: points.map((point, i) => ({ amount: params.amounts[i] ?? NaN, ...point })),
  };
}

const noMeasures: SweepMeasures = {
  kl: NaN,
  klBehindPrompt: NaN,
  perplexity: NaN,
  repetition: NaN,
};

/** @throws MonosemError `badEdit` */
function atAmount({ edits, swept = 0 }: SweepParams, amount: number): SteerEdit[] {
  const edit = edits[swept];
  if (edit === undefined || edit.operation === 'ablate') {
    throw new MonosemError(
      'badEdit',
      edit === undefined
        ? `A sweep needs an edit to change the strength of, and there is none with number ${swept}; add one such as add or clamp.`
        : 'An ablation has no strength to change; sweep another operation, such as scale from 0 to 2.',
    );
  }
  return edits.map((each, i) => (i === swept ? withAmount(each, amount) : each));
}
