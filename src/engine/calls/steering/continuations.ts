// Texts that a model writes by itself: opens the model for them, without an SAE and for this time only.
import type { CallContext } from '../../../shared/call.ts';
import type {
  Continuation,
  ContinuationParams,
  ContinuationStep,
  ModelChoice,
} from '../../../shared/engineProtocol.ts';
import { breathe } from '../../analysis/analysedWindow.ts';
import { openModel } from '../../model/openModel.ts';
import { placeModel, requestOf } from '../../model/placement.ts';
import type { ProviderChooser } from '../../onnx/runtime/executionProviders.ts';
import { continueText } from '../../steering/continueText.ts';
import { openSteerProgram } from '../../steering/steerProgram.ts';

/** @throws MonosemError `emptyText`, `tooManyTokens`, `cancelled`, and what opening a model can throw */
export async function continuations(
  { model: choice, ...params }: ContinuationParams & { readonly model: ModelChoice },
  chooser: ProviderChooser,
  context: CallContext<ContinuationStep>,
): Promise<readonly Continuation[]> {
  const { model } = await placeModel(
    await openModel(choice.model, choice.variant),
    chooser,
    requestOf(choice),
  );
  const program = await openSteerProgram(model, []);
  try {
    const report = (step: ContinuationStep): void => context.progress(step);
    return await continueText({ model, program }, params, report, breathe(context));
  } finally {
    program.dispose();
  }
}
