// What a direction of one's own has to be so that a model can be steered along it.
import type { DirectionEdit } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';

/** Where the stream of a model can be edited. */
export interface SteeredStream {
  readonly sites: ReadonlyMap<string, { readonly width?: number }>;
  /** D, the width of sites that have none of their own. */
  readonly streamWidth: number;
}

/** @throws MonosemError `unknownSite`; `badEdit` for a direction of another width */
export function expectWidth(
  { site: name, direction }: Pick<DirectionEdit, 'site' | 'direction'>,
  { sites, streamWidth }: SteeredStream,
): void {
  const site = sites.get(name);
  if (site === undefined) {
    throw new MonosemError(
      'unknownSite',
      `The model has no site ${name} to steer at; choose one such as blocks.0.hook_resid_post.`,
    );
  }
  const width = site.width ?? streamWidth;
  if (direction.length === width) return;
  throw new MonosemError(
    'badEdit',
    `A direction at ${name} has ${direction.length} numbers, and the model is ${width} wide there; take one that was made for this place.`,
  );
}

/** @throws MonosemError `badEdit` @param what it is, for the sentence */
export function expectLength(direction: Float32Array, what: string): void {
  const squares = direction.reduce((sum, x) => sum + x * x, 0);
  if (Number.isFinite(squares) && squares > 0) return;
  throw new MonosemError(
    'badEdit',
    `For ${what} there is no direction: all of its numbers are 0 or one is not finite; choose another one.`,
  );
}
