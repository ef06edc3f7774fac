// TODO
import { MonosemError } from '../../shared/errors.ts';
import type { Services } from '../../host/services.ts';

export async function changeView(services: Services, ...args: readonly unknown[]): Promise<void> {
  await services.source();
  throw new MonosemError('internal', `changeView ${args.length}`);
}
