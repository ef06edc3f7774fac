// Where a model runs: asks the runtime's chooser with the model's own first block, and hands on a model whose sessions
// all open there.
import type { ProviderReport } from '../../shared/diagnostics.ts';
import type { ModelChoice } from '../../shared/engineProtocol.ts';
import { fileIdentity } from '../files/files.ts';
import type { ProviderChooser, ProviderRequest } from '../onnx/runtime/executionProviders.ts';
import { firstBlockOf } from './firstBlock.ts';
import type { OpenModel } from './openModel.ts';

export interface PlacedModel {
  readonly model: OpenModel;
  readonly report: ProviderReport;
}

/** @throws MonosemError `providerMissing` or `badArgument` for a provider or device that was asked for in vain */
export async function placeModel(
  model: OpenModel,
  chooser: ProviderChooser,
  request: ProviderRequest,
): Promise<PlacedModel> {
  const key = await fileIdentity(model.onnxFile, 'The model');
  const report = await chooser.choose(request, { key, ...firstBlockOf(model) });
  const { provider, deviceId } = report;
  const execution = { provider, ...(deviceId === undefined ? {} : { deviceId }) };
  return { model: { ...model, execution }, report };
}

/** What a choice says about where to run. */
export function requestOf({
  provider = 'auto',
  deviceId,
}: Pick<ModelChoice, 'provider' | 'deviceId'>): ProviderRequest {
  return { setting: provider, ...(deviceId === undefined ? {} : { deviceId }) };
}
