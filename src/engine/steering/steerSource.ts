// A steering request against an open model and its SAEs: checks it, prepares its inputs, runs it.
import type {
  FeatureEdit,
  SaePlace,
  SteerParams,
  SteerResult,
  SteerStep,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { featureIndex, type FeatureIndex } from '../../shared/units.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { Program } from '../model/program.ts';
import type { OnnxTensor } from '../onnx/runtime/session.ts';
import { editedFeatureFeeds, readDecoderRows } from '../sae/rows.ts';
import type { Sae } from '../sae/sae.ts';
import { transformsOf } from './edits.ts';
import { interventionInputs, type Transforms } from './interventions.ts';
import { promptBlock, promptIds } from './prompt.ts';
import { rowsApart, rowsTogether, type EditedRows } from './rows.ts';
import { steer } from './steer.ts';

export interface SteerableSource {
  readonly model: OpenModel;
  /** As edits name them; no two alike. */
  readonly saes: readonly { readonly place: SaePlace; readonly sae: Sae }[];
  readonly bosId: number | undefined;
  /** From `openSteerProgram` for the same model and SAEs. */
  readonly program: Program;
}

/** @throws MonosemError `unknownFeature`, `badEdit`, `emptyText`, `tooManyTokens`, `unsupportedModel`; whatever `breath` throws */
export async function steerSource(
  { model, saes, bosId, program }: SteerableSource,
  params: SteerParams,
  onStep: (step: SteerStep) => void,
  breath: () => Promise<void>,
): Promise<SteerResult> {
  expectKnownSaes(params.edits, saes);
  const transforms = saes.map(({ place }) =>
    transformsOf(params.edits.filter(({ sae }) => sae === place)),
  );
  const edited = await editedRows(program, saes, transforms);
  const prompt = await promptIds(model, params, bosId);
  const run = {
    runRows: model.sites.dynamicallyQuantized ? rowsApart(edited, 2) : rowsTogether(edited),
    tokenizer: model.tokenizer,
    prompt,
    promptBlock: promptBlock(model, program),
    transforms,
    scope: params.scope,
    maxTokens: params.maxTokens,
    contextLength: model.config.contextLength,
    temperature: params.temperature,
    seed: params.seed,
  };
  return steer(run, onStep, breath);
}

function expectKnownSaes(edits: readonly FeatureEdit[], saes: SteerableSource['saes']): void {
  const stranger = edits.find(({ sae }) => !saes.some(({ place }) => place === sae));
  if (stranger === undefined) return;
  throw new MonosemError(
    'badEdit',
    `Feature ${stranger.feature} is to be edited in the SAE ${stranger.sae}, which is not active; add that SAE or remove the edit.`,
  );
}

/** The feature that stands for none in an SAE without edits; unchanged, it adds exactly zero. */
const anyFeature = featureIndex(0);

async function editedRows(
  program: Program,
  saes: SteerableSource['saes'],
  transforms: readonly Transforms[],
): Promise<EditedRows> {
  const features: FeatureIndex[][] = [];
  const feeds: Record<string, OnnxTensor> = {};
  for (const [n, { sae }] of saes.entries()) {
    const edited = [...(transforms[n]?.keys() ?? [])];
    const own = edited.length === 0 ? [anyFeature] : edited;
    const decoder = await readDecoderRows(sae, own);
    Object.assign(feeds, await editedFeatureFeeds(sae, own, n));
    feeds[interventionInputs(n).decoder] = { type: 'float32', ...decoder };
    features.push(own);
  }
  return { program, features, feeds };
}
