// A steering request against an open model and SAE: checks it, prepares its inputs, runs it.
import type { SteerParams, SteerResult, SteerStep } from '../../shared/engineProtocol.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { Program } from '../model/program.ts';
import { editedFeatureFeeds, readDecoderRows } from '../sae/rows.ts';
import type { Sae } from '../sae/sae.ts';
import { transformsOf } from './edits.ts';
import { interventionInputs } from './interventions.ts';
import { promptBlock, promptIds } from './prompt.ts';
import { rowsApart, rowsTogether, type EditedRows } from './rows.ts';
import { steer } from './steer.ts';

export interface SteerableSource {
  readonly model: OpenModel;
  readonly sae: Sae;
  readonly bosId: number | undefined;
  /** From `openSteerProgram` for the same model and SAE. */
  readonly program: Program;
}

/** @throws MonosemError `unknownFeature`, `badEdit`, `emptyText`, `tooManyTokens`, `unsupportedModel`; whatever `breath` throws */
export async function steerSource(
  { model, sae, bosId, program }: SteerableSource,
  params: SteerParams,
  onStep: (step: SteerStep) => void,
  breath: () => Promise<void>,
): Promise<SteerResult> {
  const transforms = transformsOf(params.edits);
  const features = [...transforms.keys()];
  const decoder = await readDecoderRows(sae, features);
  const edited: EditedRows = {
    program,
    features,
    feeds: {
      ...(await editedFeatureFeeds(sae, features)),
      [interventionInputs.decoder]: { type: 'float32', ...decoder },
    },
  };
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
