// The SAEs of a source, as they read its model: each one at home in it, and all of them in the same run.
import type { SaePlace } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { OpenModel } from '../model/openModel.ts';
import { fittedSae } from '../sae/fits.ts';
import type { Sae } from '../sae/sae.ts';

/** An SAE under the name that calls give it. */
export interface NamedSae {
  readonly place: SaePlace;
  readonly sae: Sae;
}

/** In the order given. @throws MonosemError `saeDoesNotFit` or `unknownSite` */
export function fittedSaes(saes: readonly NamedSae[], model: OpenModel): readonly NamedSae[] {
  const fitted = saes.map(({ place, sae }) => ({ place, sae: fittedSae(sae, model) }));
  return withOneBos(model, fitted);
}

/**
 * The model reads a text in one way only; what was trained on no texts goes along with the others.
 * @throws MonosemError `saeDoesNotFit`
 */
function withOneBos({ tokenizer }: OpenModel, saes: readonly NamedSae[]): readonly NamedSae[] {
  if (tokenizer.bosId === undefined) return saes;
  const trained = saes.filter(({ sae }) => sae.followsBos !== true);
  const withBos = trained.find(({ sae }) => sae.prependBos);
  const without = trained.find(({ sae }) => !sae.prependBos);
  if (trained.length === 0) return saes;
  if (withBos === undefined || without === undefined) {
    const prependBos = withBos !== undefined;
    return saes.map(({ place, sae }) => ({ place, sae: { ...sae, prependBos } }));
  }
  throw new MonosemError(
    'saeDoesNotFit',
    `The SAE ${withBos.sae.name} was trained on texts that begin with BOS and ${without.sae.name} on texts without it, so they cannot read the same run; choose SAEs that agree.`,
  );
}
