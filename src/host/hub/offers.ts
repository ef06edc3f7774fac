// What a repository offers, as lists to choose from: the variants of a model, the SAEs of a collection, and what can be
// removed again. Names come from the hub and are shown as plain lines. Without VS Code.
import type { ModelOffer, SaeOffer } from '../../shared/hubOffers.ts';
import type { Download } from '../../shared/hubProtocol.ts';
import { oneLine } from '../display/oneLine.ts';
import { sizeText } from '../display/size.ts';
import type { Choice } from './choices.ts';

/** @returns the variants, the recommended one first; its `wanted` is its name */
export function variantChoices({ variants }: ModelOffer): readonly Choice<{ variant: string }>[] {
  return variants.map(({ variant, description, bytes }, index) => ({
    section: '',
    label: oneLine(variant),
    description: `${index === 0 ? 'recommended: ' : ''}${oneLine(description)} · ${sizeText(bytes)}`,
    wanted: { variant },
  }));
}

/** @param path only those at or below it; empty for all */
export function saeOfferChoices(
  { repo, saes }: SaeOffer,
  path: string,
): readonly Choice<{ path: string }>[] {
  return saes
    .filter((sae) => path === '' || sae.path === path || sae.path.startsWith(`${path}/`))
    .map(({ path: place, site, layer, bytes }) => ({
      section: layer === undefined ? '' : `block ${layer}`,
      label: place === '' ? oneLine(repo) : oneLine(place),
      description: [site, sizeText(bytes)].filter((word) => word !== undefined).join(' · '),
      wanted: { path: place },
    }));
}

/** @param inUse places that are looked through now */
export function removalChoices(
  downloads: readonly Download[],
  inUse: readonly string[],
): readonly Choice<{ id: string }>[] {
  return [...downloads]
    .sort((a, b) => a.kind.localeCompare(b.kind) || b.bytes - a.bytes)
    .map(({ id, kind, bytes, place, variant, model }) => ({
      section: kind === 'model' ? 'models' : 'sparse autoencoders',
      label: oneLine(id),
      description: [sizeText(bytes), variant ?? model, inUse.includes(place) ? 'in use' : undefined]
        .filter((word) => word !== undefined)
        .map(oneLine)
        .join(' · '),
      wanted: { id },
    }));
}
