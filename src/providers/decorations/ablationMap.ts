// “Show Ablation Map”: paints where in the text the model needs one feature.
import { featureArgument } from '../../host/commands/featureArgument.ts';
import type { Services } from '../../host/services.ts';
import type { FeatureRef } from '../../shared/engineProtocol.ts';

/** @param feature a number, maybe with its SAE, or an entry of a list; anything else asks */
export async function showAblationMap(
  { collection, shownSae, view }: Services,
  { feature, sae }: { readonly feature: unknown; readonly sae: unknown },
  ask: () => Promise<FeatureRef | undefined>,
): Promise<void> {
  const ref = (await featureArgument(shownSae, feature, sae)) ?? (await ask());
  if (ref === undefined) return;
  await view.choose({ kind: 'ablation', feature: ref });
  await collection.look(ref);
}
