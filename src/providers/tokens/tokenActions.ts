// TODO
import { MonosemError } from '../../shared/errors.ts';
import type { Services } from '../../host/services.ts';

export async function showToken(services: Services, ...args: readonly unknown[]): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `showToken ${args.length}`);
}

export async function findSimilarTokens(
  services: Services,
  ...args: readonly unknown[]
): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `findSimilarTokens ${args.length}`);
}

export async function ablateFeatureHere(
  services: Services,
  ...args: readonly unknown[]
): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `ablateFeatureHere ${args.length}`);
}
