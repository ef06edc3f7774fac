// The numbers of a direction of one's own, wherever it comes from.
import type { DirectionNumbers, DirectionParams } from '../../../shared/engineProtocol.ts';
import { loadDirection } from './directionFile.ts';
import { openModel } from '../../model/openModel.ts';
import type { ProviderChooser } from '../../onnx/runtime/executionProviders.ts';
import { expectLength, expectWidth } from '../../steering/expectDirection.ts';
import { directionOfTexts } from './textDirection.ts';

/**
 * @param breath awaited between two runs of the model
 * @throws MonosemError what `directionOfTexts` and `loadDirection` throw; `unknownSite`, and `badEdit` for a file whose numbers
 *   are no direction there
 */
export async function directionNumbers(
  { model, site, origin }: DirectionParams,
  chooser: ProviderChooser,
  breath: () => Promise<void>,
): Promise<DirectionNumbers> {
  if ('more' in origin) return directionOfTexts({ model, site, ...origin }, chooser, breath);
  const { file, tensor } = origin;
  const { sites, config } = await openModel(model.model, model.variant);
  const direction = await loadDirection(file, tensor);
  expectWidth({ site, direction }, { sites: sites.sites, streamWidth: config.dModel });
  expectLength(direction, file);
  return { direction, norm: Math.hypot(...direction) };
}
