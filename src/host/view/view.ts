// What is painted over text: one of a few views. Also reads a view that was remembered or that a link, a key binding or
// another extension names. Without VS Code.
import type { FeatureRef, SaePlace } from '../../shared/engineProtocol.ts';
import { featureKey } from '../../shared/featureRef.ts';
import { neuronsOfBlock, siteOfNeurons } from '../../shared/saePlace.ts';
import { fieldsOf, readFeatureRef } from '../views/viewMessages.ts';

export type View =
  /** Nothing is painted and nothing analysed. */
  | { readonly kind: 'off' }
  /** Every token in the colour of its strongest feature, those of one SAE. */
  | { readonly kind: 'top' }
  /** The strongest feature among all active SAEs, each measured against its own maximum. */
  | { readonly kind: 'merged' }
  /** Where and how strongly one feature is active. */
  | { readonly kind: 'feature'; readonly feature: FeatureRef }
  /** The pinned features, each in its colour. */
  | { readonly kind: 'pinned' }
  /** How little the model expected each token. */
  | { readonly kind: 'surprise' }
  /** As `top`, of the neurons of one MLP layer. */
  | { readonly kind: 'neurons'; readonly block: number }
  /** Where tokens begin and end. */
  | { readonly kind: 'boundaries' };

export type ViewKind = View['kind'];

/** In the order in which they are offered. */
export const viewKinds = [
  'top',
  'merged',
  'feature',
  'pinned',
  'surprise',
  'neurons',
  'boundaries',
  'off',
] as const satisfies readonly ViewKind[];

/** Deepest layer that a link may name; models have far fewer. */
const mostBlocks = 10_000;

/** @returns `undefined` for what is no view; whether its SAE or layer exists is for others to say */
export function readView(value: unknown): View | undefined {
  if (typeof value === 'string') return readView({ kind: value });
  const fields = fieldsOf(value);
  const kind = viewKinds.find((known) => known === fields?.['kind']);
  switch (kind) {
    case undefined:
      return undefined;
    case 'feature': {
      const feature = readFeatureRef(fields?.['feature']);
      return feature && { kind, feature };
    }
    case 'neurons': {
      const block = fields?.['block'];
      const isBlock = typeof block === 'number' && Number.isInteger(block) && block >= 0;
      return isBlock && block < mostBlocks ? { kind, block } : undefined;
    }
    default:
      return { kind };
  }
}

export function isSameView(a: View, b: View): boolean {
  if (a.kind === 'feature' && b.kind === 'feature') {
    return featureKey(a.feature) === featureKey(b.feature);
  }
  if (a.kind === 'neurons' && b.kind === 'neurons') return a.block === b.block;
  return a.kind === b.kind;
}

/** The neurons that a view needs beside the active SAEs. */
export function neuronsOfView(view: View): SaePlace | undefined {
  if (view.kind === 'neurons') return neuronsOfBlock(view.block);
  const isOfNeuron = view.kind === 'feature' && siteOfNeurons(view.feature.sae) !== undefined;
  return isOfNeuron ? view.feature.sae : undefined;
}
