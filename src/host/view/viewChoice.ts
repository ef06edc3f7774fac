// What a choice of view still needs, and which views may be tried out while somebody goes through the list. Without VS Code.
import type { ModelFacts, SaePlace } from '../../shared/engineProtocol.ts';
import { blockOfNeurons, siteOfNeurons } from '../../shared/saePlace.ts';
import { fieldsOf } from '../views/viewMessages.ts';
import { neuronsOfView, readView, viewKinds } from './view.ts';
import type { View, ViewKind } from './view.ts';

/** What somebody named: a whole view, or only its kind where more has to be asked. */
export type NamedView = { readonly view: View } | { readonly kind: ViewKind };

/**
 * @param argument of a command: a kind or a view; menus pass things of their own, which name none
 * @returns `undefined` where nothing is named, `unknown` for a name that is none
 */
export function namedView(argument: unknown): NamedView | 'unknown' | undefined {
  const view = readView(argument);
  if (view !== undefined) return { view };
  const name = typeof argument === 'string' ? argument : fieldsOf(argument)?.['kind'];
  const kind = viewKinds.find((known) => known === name);
  if (kind !== undefined) return { kind };
  return typeof argument === 'string' ? 'unknown' : undefined;
}

/** Is it there to be seen without another analysis? @param hasLosses they are computed in any case */
export function isCheapPreview(from: View, to: View, hasLosses: boolean): boolean {
  if (from.kind === 'off' || to.kind === 'off') return false;
  if (neuronsOfView(from) !== neuronsOfView(to)) return false;
  if (to.kind === 'surprise') return hasLosses || from.kind === 'surprise';
  // More features are analysed where single ones are followed.
  const follows = ({ kind }: View): boolean => kind === 'feature' || kind === 'pinned';
  return !follows(to) || follows(from);
}

/** The SAEs that are active without the neurons that a view brings along. */
export function ownSaes(saes: readonly SaePlace[], view: View): readonly SaePlace[] {
  const neurons = neuronsOfView(view);
  return saes.filter((sae) => sae !== neurons);
}

/** Has the model that block? What is not known yet is believed. */
export function hasBlock(block: number, facts: Pick<ModelFacts, 'layers'> | undefined): boolean {
  return facts === undefined || block < facts.layers;
}

/** The block of a feature's neurons, where they are neurons. */
export function blockOfPlace(sae: SaePlace): number | undefined {
  const site = siteOfNeurons(sae);
  return site === undefined ? undefined : blockOfNeurons(site);
}

/** The block that a site belongs to, e.g. 2 of `blocks.2.hook_resid_post`. */
export function blockOfSite(site: string): number | undefined {
  const [, block] = /^blocks\.(\d+)\./.exec(site) ?? [];
  return block === undefined ? undefined : Number(block);
}
