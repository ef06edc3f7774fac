// TODO
import { MonosemError } from '../../shared/errors.ts';
import type { Services } from '../../host/services.ts';

export async function rankFeatures(services: Services, ...args: readonly unknown[]): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `rankFeatures ${args.length}`);
}

export async function filterFeatures(
  services: Services,
  ...args: readonly unknown[]
): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `filterFeatures ${args.length}`);
}
