// TODO
import { MonosemError } from '../../shared/errors.ts';
import type { Services } from '../../host/services.ts';

export async function compareFeatures(
  services: Services,
  ...args: readonly unknown[]
): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `compareFeatures ${args.length}`);
}

export async function compareWithHead(
  services: Services,
  ...args: readonly unknown[]
): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `compareWithHead ${args.length}`);
}

export async function closeComparison(
  services: Services,
  ...args: readonly unknown[]
): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `closeComparison ${args.length}`);
}
