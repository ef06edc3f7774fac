// TODO
import { MonosemError } from '../../shared/errors.ts';
import type { Services } from '../../host/services.ts';

export async function nextOccurrence(
  services: Services,
  ...args: readonly unknown[]
): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `nextOccurrence ${args.length}`);
}

export async function previousOccurrence(
  services: Services,
  ...args: readonly unknown[]
): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `previousOccurrence ${args.length}`);
}
