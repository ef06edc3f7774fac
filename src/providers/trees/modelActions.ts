// TODO
import { MonosemError } from '../../shared/errors.ts';
import type { Services } from '../../host/services.ts';

export async function useSae(services: Services, ...args: readonly unknown[]): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `useSae ${args.length}`);
}

export async function leaveOutSae(services: Services, ...args: readonly unknown[]): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `leaveOutSae ${args.length}`);
}
