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
  /** How the loss of each token changes when one feature is ablated all over the text. */
  | { readonly kind: 'ablation'; readonly feature: FeatureRef }
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
  'ablation',
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
    case 'feature':
    case 'ablation': {
      const feature = readFeatureRef(fields?.['feature']);
      return feature && { kind, feature };
    }
    case 'neurons': {
      const block = readBlock(fields?.['block']);
      return block === undefined ? undefined : { kind, block };
    }
    default:
      return { kind };
  }
}

function readBlock(value: unknown): number | undefined {
  const isBlock = typeof value === 'number' && Number.isInteger(value) && value >= 0;
  return isBlock && value < mostBlocks ? value : undefined;
}

export function isSameView(a: View, b: View): boolean {
  const [one, other] = [featureOfView(a), featureOfView(b)];
  if (one !== undefined && other !== undefined) {
    return a.kind === b.kind && featureKey(one) === featureKey(other);
  }
  if (a.kind === 'neurons' && b.kind === 'neurons') return a.block === b.block;
  return a.kind === b.kind;
}

/** The one feature that a view is about. */
export function featureOfView(view: View): FeatureRef | undefined {
  return view.kind === 'feature' || view.kind === 'ablation' ? view.feature : undefined;
}

/** The neurons that a view needs beside the active SAEs. */
export function neuronsOfView(view: View): SaePlace | undefined {
  if (view.kind === 'neurons') return neuronsOfBlock(view.block);
  const { sae } = featureOfView(view) ?? {};
  return sae !== undefined && siteOfNeurons(sae) !== undefined ? sae : undefined;
}
