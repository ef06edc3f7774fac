// A steering request against an open model and its SAEs: checks it, prepares its inputs, runs it.
import type {
  FeatureEdit,
  SaePlace,
  SteerParams,
  SteerResult,
  SteerStep,
} from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { OpenModel } from '../model/openModel.ts';
import type { Program } from '../model/program.ts';
import type { Sae } from '../sae/sae.ts';
import { transformsOf } from './edits.ts';
import { editRows } from './editRows.ts';
import { promptBlock, promptIds } from './prompt.ts';
import { rowsFor } from './rows.ts';
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
  const edited = await editRows(
    program,
    saes.map(({ sae }) => sae),
    transforms.map((own) => [...own.keys()]),
  );
  const prompt = await promptIds(model, params, bosId);
  const block = promptBlock(model, program);
  const run = {
    runRows: rowsFor(model.sites, edited, { count: 2, inPieces: prompt.length > block }),
    tokenizer: model.tokenizer,
    prompt,
    promptBlock: block,
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
