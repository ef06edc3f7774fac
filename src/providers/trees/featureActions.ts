// TODO
import { MonosemError } from '../../shared/errors.ts';
import type { Services } from '../../host/services.ts';

export async function pinFeature(services: Services, ...args: readonly unknown[]): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `pinFeature ${args.length}`);
}

export async function unpinFeature(services: Services, ...args: readonly unknown[]): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `unpinFeature ${args.length}`);
}

export async function hideFeature(services: Services, ...args: readonly unknown[]): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `hideFeature ${args.length}`);
}

export async function copyFeatureLink(
  services: Services,
  ...args: readonly unknown[]
): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `copyFeatureLink ${args.length}`);
}
