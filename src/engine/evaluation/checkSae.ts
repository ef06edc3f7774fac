// Does an SAE read this model as it was trained to? Reconstructs a text as the SAE's files say, and again with one thing
// changed at a time: the site, BOS, every step of the arithmetic. What was tried is kept; saeCheck/verdict.ts judges it.
import type { SaeCheck, SaeTrial, SaeTrialKind } from '../../shared/saeCheck.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { Tensor } from '../../shared/tensor.ts';
import { meanRowNorm } from '../math/rows.ts';
import type { OpenModel } from '../model/openModel.ts';
import { isNeurons, type Sae } from '../sae/sae.ts';
import { capturedAt, captureSites, cutWindows, type Captured } from './captureSites.ts';
import type { ReconstructionReport } from './reconstruction.ts';
import { alternativesOf } from './saeCheck/alternatives.ts';
import { candidateSites } from './saeCheck/candidateSites.ts';
import { builtInText } from './saeCheck/checkText.ts';
import { pairsOf, type Pair } from './saeCheck/pairs.ts';
import { expectedL0, judge, needsPairs } from './saeCheck/verdict.ts';
import { SaeRunner } from './saeRunner.ts';

/** Tokens of the text that are looked at. */
const sampleTokens = 512;

/** Fewer say nothing about a share of variance. */
const leastTokens = 64;

/** Text tokens per window: many short ones, because what BOS does is seen best near the beginning of a context. */
const windowTokens = 63;

export interface SaeCheckInput {
  readonly model: OpenModel;
  readonly sae: Sae;
  /** The built-in text when absent. */
  readonly text?: string;
}

interface Steps {
  /** Receives every trial as it is measured. */
  readonly report: (trial: SaeTrial) => void;
  /** Awaited between two pieces of work. */
  readonly breath: () => Promise<void>;
}

/** @throws MonosemError `badArgument` for a text that is too short, and what opening a site can throw */
export async function checkSae(input: SaeCheckInput, steps: Steps): Promise<SaeCheck> {
  const { sae } = input;
  if (isNeurons(sae)) return neuronsCheck(sae);
  const configured = await configuredInput(input, steps.breath);
  const trials: SaeTrial[] = [];
  const add = (trial: SaeTrial): void => {
    trials.push(trial);
    steps.report(trial);
  };
  await tryInputs(input, configured, { ...steps, report: add });
  await tryArithmetic(sae, configured, { ...steps, report: add });
  if (needsPairs(trials)) await tryPairs(sae, configured, { ...steps, report: add });
  const promised = expectedL0(sae);
  return {
    name: sae.name,
    folder: sae.folder,
    site: sae.site,
    ...(promised === undefined ? {} : { expectedL0: promised }),
    ...judge(sae, trials),
    remarks: remarksOn(sae),
    trials,
  };
}

/** There is nothing to measure: what is decoded is what was encoded. */
function neuronsCheck({ name, folder, site }: Sae): SaeCheck {
  const verdict = `The ${name} are the values at ${site} themselves, so they reconstruct them exactly (FVU 0) and nothing was tried.`;
  return { name, folder, site, passes: true, verdict, remarks: [], trials: [] };
}

function remarksOn({ ignoresCentring }: Sae): string[] {
  if (ignoresCentring !== true) return [];
  return [
    'Its config asks for centred rows (center_writing_weights), but this model has RMSNorm, which TransformerLens never centres; nothing is subtracted.',
  ];
}

interface ConfiguredInput {
  readonly chunks: readonly Uint32Array[];
  /** With or without BOS, as the SAE's files say. */
  readonly bosId: number | undefined;
  readonly captured: Captured;
  readonly x: Tensor;
  readonly y: Tensor;
}

async function configuredInput(
  { model, sae, text = builtInText }: SaeCheckInput,
  breath: () => Promise<void>,
): Promise<ConfiguredInput> {
  const { ids } = await model.tokenizer.encode(text);
  if (ids.length < leastTokens) {
    throw new MonosemError(
      'badArgument',
      `The text to check the SAE ${sae.name} on has ${ids.length} tokens; take one of at least ${leastTokens}, better ${sampleTokens}.`,
    );
  }
  const longest = Math.min(windowTokens, model.config.contextLength - 1);
  const chunks = cutWindows(ids.subarray(0, sampleTokens), longest);
  const bosId = sae.prependBos ? model.tokenizer.bosId : undefined;
  const sites = new Set([
    sae.site,
    sae.outputSite,
    ...candidateSites(model.sites.sites.keys(), sae.site),
    ...(sae.outputSite === sae.site
      ? []
      : candidateSites(model.sites.sites.keys(), sae.outputSite)),
  ]);
  const captured = await captureSites(model, [...sites], { chunks, bosId }, breath);
  const [x, y] = [capturedAt(captured, sae.site), capturedAt(captured, sae.outputSite)];
  return { chunks, bosId, captured, x, y };
}

interface OtherPlace {
  readonly changes: SaeTrialKind;
  readonly how: string;
  readonly input: Tensor;
  readonly output: Tensor;
}

/** A transcoder still has to give what its output site holds, or else its output site is another. */
function otherPlaces({ site, outputSite, D, DOut }: Sae, captured: Captured): OtherPlace[] {
  const [x, y] = [capturedAt(captured, site), capturedAt(captured, outputSite)];
  const others = [...captured].filter(([other]) => other !== site && other !== outputSite);
  const read = others.filter(([, { dims }]) => dims[1] === D);
  const changes = 'site';
  if (site === outputSite) {
    return read.map(([other, z]) => ({ changes, how: `at ${other}`, input: z, output: z }));
  }
  const written = others.filter(([, { dims }]) => dims[1] === DOut);
  const swapped: OtherPlace[] =
    D === DOut
      ? [
          {
            changes: 'swappedSites',
            how: `reading ${outputSite} and writing ${site}`,
            input: y,
            output: x,
          },
        ]
      : [];
  return [
    ...swapped,
    ...read.map(([other, z]) => ({ changes, how: `at ${other}`, input: z, output: y }) as const),
    ...written.map(
      ([other, z]) => ({ changes, how: `writing ${other}`, input: x, output: z }) as const,
    ),
  ];
}

/** The SAE as it is configured, on other activations. */
async function tryInputs(
  { model, sae }: SaeCheckInput,
  { chunks, bosId, captured, x, y }: ConfiguredInput,
  { report, breath }: Steps,
): Promise<void> {
  const { site, outputSite } = sae;
  const runner = await SaeRunner.open(sae);
  const measure = async (
    about: Pick<SaeTrial, 'changes' | 'how'>,
    input: Tensor,
    output: Tensor,
  ): Promise<void> => {
    await breath();
    report({ ...about, figures: figuresOf(await runner.measure(input, output)) });
  };
  try {
    await measure({ changes: 'nothing', how: `at ${site}` }, x, y);
    for (const { changes, how, input, output } of otherPlaces(sae, captured)) {
      await measure({ changes, how }, input, output);
    }
    if (model.tokenizer.bosId === undefined) return;
    const how = bosId === undefined ? 'with BOS in front' : 'without BOS';
    const other = { chunks, bosId: bosId === undefined ? model.tokenizer.bosId : undefined };
    const again = await captureSites(model, [...new Set([site, outputSite])], other, breath);
    await measure({ changes: 'bos', how }, capturedAt(again, site), capturedAt(again, outputSite));
  } finally {
    runner.dispose();
  }
}

/** The same activations, otherwise computed; one session after the other, because each holds the weights. */
async function tryArithmetic(
  sae: Sae,
  { x, y }: ConfiguredInput,
  { report, breath }: Steps,
): Promise<void> {
  for (const { changes, how, sae: changed } of alternativesOf(sae, meanRowNorm(x.data, sae.D))) {
    await breath();
    const runner = await SaeRunner.open(changed);
    try {
      report({ changes, how, figures: figuresOf(await runner.measure(x, y)) });
    } finally {
      runner.dispose();
    }
  }
}

/** Rows on which pairs of changes are compared before the best is measured on all. */
const screenedRows = 128;

function firstRows({ dims: [T = 0, width = 0], data }: Tensor, rows: number): Tensor {
  const count = Math.min(T, rows);
  return { dims: [count, width], data: data.subarray(0, count * width) };
}

/** Reports the one of all pairs that leaves the least variance. */
async function tryPairs(
  sae: Sae,
  { captured, y }: ConfiguredInput,
  { report, breath }: Steps,
): Promise<void> {
  const isTranscoder = sae.site !== sae.outputSite;
  const measure = async (pair: Pair, rows: number): Promise<SaeTrial['figures']> => {
    await breath();
    const input = capturedAt(captured, pair.site);
    const output = isTranscoder ? y : input;
    const runner = await SaeRunner.open(pair.sae);
    try {
      const measured = await runner.measure(firstRows(input, rows), firstRows(output, rows));
      return figuresOf(measured);
    } finally {
      runner.dispose();
    }
  };
  const readable = [...captured]
    .filter(([site, { dims }]) => dims[1] === sae.D && (site !== sae.outputSite || !isTranscoder))
    .map(([site, { data }]) => [site, meanRowNorm(data, sae.D)] as const);
  let best: { readonly pair: Pair; readonly fvu: number } | undefined;
  for (const pair of pairsOf(sae, readable)) {
    const { fvu } = await measure(pair, screenedRows);
    if (Number.isFinite(fvu) && fvu < (best?.fvu ?? Infinity)) best = { pair, fvu };
  }
  if (best === undefined) return;
  const { changes, changesAlso, how } = best.pair;
  report({ changes, changesAlso, how, figures: await measure(best.pair, Infinity) });
}

function figuresOf(report: ReconstructionReport): SaeTrial['figures'] {
  const { tokens, l0, deadShare, cosine, explainedVariance } = report;
  return { tokens, fvu: 1 - explainedVariance, l0, deadShare, cosine };
}
