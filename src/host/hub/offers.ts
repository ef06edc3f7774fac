// What a repository offers, as lists to choose from: the variants of a model, the SAEs of a collection, and what can be
// removed again. Names come from the hub and are shown as plain lines. Without VS Code.
import { t } from '../../shared/l10n.ts';
import type { ModelOffer, SaeOffer } from '../../shared/hubOffers.ts';
import type { Download } from '../../shared/hubProtocol.ts';
import { oneLine } from '../display/oneLine.ts';
import { sizeText } from '../display/size.ts';
import type { Choice, WantedModel, WantedSae } from './choices.ts';

/** The variants, the recommended one first. @param wanted the model, to which a choice adds the variant */
export function variantChoices(
  { variants }: ModelOffer,
  wanted: WantedModel,
): readonly Choice<WantedModel>[] {
  return variants.map(({ variant, description, bytes }, index) => ({
    section: '',
    label: oneLine(variant),
    description: `${preferred(oneLine(description), index === 0)} · ${sizeText(bytes)}`,
    wanted: { ...wanted, variant },
  }));
}

function preferred(description: string, isFirst: boolean): string {
  return isFirst ? t('recommended: {0}', description) : description;
}

/** @param wanted only SAEs at or below its path; a choice adds the whole path */
export function saeOfferChoices(
  { repo, saes }: SaeOffer,
  wanted: WantedSae,
): readonly Choice<WantedSae>[] {
  const { path = '' } = wanted;
  return saes
    .filter((sae) => path === '' || sae.path === path || sae.path.startsWith(`${path}/`))
    .map(({ path: place, site, layer, bytes }) => ({
      section: layer === undefined ? '' : t('block {0}', layer),
      label: place === '' ? oneLine(repo) : oneLine(place),
      // Where the path is the site, it is said once.
      description: [place === site ? undefined : site, sizeText(bytes)]
        .filter((word) => word !== undefined)
        .join(' · '),
      wanted: { ...wanted, path: place },
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
      section: kind === 'model' ? t('models') : t('sparse autoencoders'),
      label: oneLine(id),
      description: [
        sizeText(bytes),
        variant ?? model,
        inUse.includes(place) ? t('in use') : undefined,
      ]
        .filter((word) => word !== undefined)
        .map(oneLine)
        .join(' · '),
      wanted: { id },
    }));
}
