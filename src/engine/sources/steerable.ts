// An open source as steering wants it: its sessions for edits, and the largest activations that its feature stores know.
import type { FeatureRef } from '../../shared/engineProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import { expectFeature } from '../sae/sae.ts';
import type { SteerableSource } from '../steering/steerSource.ts';
import type { OpenSource } from './openSource.ts';

export function steerable(open: OpenSource): SteerableSource {
  const { model, saes, bosId } = open;
  return {
    model,
    saes,
    bosId,
    maxOf: (ref) => maxActivation(open, ref),
    useProgram: (layout, job) => open.steerPrograms.use(layout, job),
    useForcedProgram: (layout, job) => open.forcedPrograms.use(layout, job),
  };
}

/** @throws MonosemError `noFeatureStore`, `unknownFeature`, or `badEdit` for a feature that never fired */
async function maxActivation(open: OpenSource, { sae, feature }: FeatureRef): Promise<number> {
  expectFeature(open.sae(sae), feature);
  const { max = 0 } = (await open.featureStore(sae)).brief(feature) ?? {};
  if (max > 0) return max;
  throw new MonosemError(
    'badEdit',
    `Feature ${feature} was active nowhere in the corpus, so it has no largest activation; give its amount in units of activation instead.`,
  );
}
