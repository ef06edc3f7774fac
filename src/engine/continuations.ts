// Texts that a model writes by itself: opens the model for them, without an SAE and for this time only.
import type {
  Continuation,
  ContinuationParams,
  ContinuationStep,
  ModelChoice,
} from '../shared/engineProtocol.ts';
import { openModel } from './model/openModel.ts';
import { placeModel, requestOf } from './model/placement.ts';
import type { ProviderChooser } from './onnx/runtime/executionProviders.ts';
import { continueText } from './steering/continueText.ts';
import { openSteerProgram } from './steering/steerProgram.ts';

/** @throws MonosemError `emptyText`, `tooManyTokens`, and what opening a model can throw; whatever `breath` throws */
export async function continuations(
  { model: choice, ...params }: ContinuationParams & { readonly model: ModelChoice },
  chooser: ProviderChooser,
  onStep: (step: ContinuationStep) => void,
  breath: () => Promise<void>,
): Promise<readonly Continuation[]> {
  const { model } = await placeModel(
    await openModel(choice.model, choice.variant),
    chooser,
    requestOf(choice),
  );
  const program = await openSteerProgram(model, []);
  try {
    return await continueText({ model, program }, params, onStep, breath);
  } finally {
    program.dispose();
  }
}
