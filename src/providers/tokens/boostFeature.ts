// Continues the text from a token with a feature boosted: opens the steering panel on the text up to there, with the edit made.
import { pickerTitle } from '../../host/commands/commandTitle.ts';
import type { Token } from '../../host/documents/tokenTable.ts';
import { featureArgument } from '../../host/commands/featureArgument.ts';
import type { Services } from '../../host/services.ts';
import { boostEdit } from '../../host/steering/boostEdit.ts';
import { locateToken } from '../../host/tokens/locateToken.ts';
import { pickActiveFeature } from '../../host/tokens/pickActiveFeature.ts';
import { tokenArgument } from '../../host/tokens/tokenArgument.ts';
import { fieldsOf } from '../../host/views/viewMessages.ts';
import type { FeatureEdit, FeatureRef, SaePlace } from '../../shared/engineProtocol.ts';
import { messageOf } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

/** Where edits are shown and run. */
interface Steering {
  readonly steerSelection: (
    feature: number,
    sae: SaePlace,
    place: number | undefined,
    edits: readonly FeatureEdit[],
  ) => Promise<void>;
}

/**
 * @param args a feature and its SAE, or an entry of a list; then offset and URI of a token. Without a feature, asks for one
 *   that is active on the token at the cursor
 * @returns the edit; `undefined` when no feature is chosen
 */
export async function boostFeatureHere(
  services: Services,
  steering: Steering,
  ...args: readonly unknown[]
): Promise<FeatureEdit | undefined> {
  const [feature, sae, offset, uri] = args;
  const listed = fieldsOf(feature)?.['offset'] === undefined ? undefined : feature;
  const place = tokenArgument(listed ?? offset, uri);
  const named = await featureArgument(services.shownSae, feature, sae);
  // A feature of a list of the whole file is boosted at the cursor, whatever stands there.
  const token =
    named !== undefined && place.offset === undefined
      ? undefined
      : (await locateToken(services, place)).token;
  const ref = named ?? (token && (await askFor(services, token)));
  if (ref === undefined) return undefined;
  const edit = boostEdit(ref, await briefOf(services, ref));
  await steering.steerSelection(ref.feature, ref.sae, token?.end, [edit]);
  return edit;
}

function askFor(services: Services, token: Token): Promise<FeatureRef | undefined> {
  return pickActiveFeature(services, token, {
    title: pickerTitle('boostFeatureHere'),
    placeHolder: t('Feature to boost where the text goes on from here'),
  });
}

/** An SAE without a feature store knows no largest activation. */
async function briefOf(
  { briefs, log }: Services,
  { sae, feature }: FeatureRef,
): Promise<ReturnType<typeof briefs.get>> {
  try {
    await briefs.load(sae, [feature]);
  } catch (error) {
    log.warn(`A feature is boosted without its largest activation: ${messageOf(error)}`);
  }
  return briefs.get(sae, feature);
}
