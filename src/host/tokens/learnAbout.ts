// Makes known what hovers and lists say of tokens beside what an analysis has found: labels of features, texts of the
// vocabulary. Without VS Code.
import type { SaePlace } from '../../shared/engineProtocol.ts';
import { messageOf } from '../../shared/errors.ts';
import type { Token } from '../documents/tokenTable.ts';
import type { Services } from '../services.ts';

type Learning = Pick<Services, 'briefs' | 'tokenTexts'> & {
  readonly log: Pick<Services['log'], 'warn'>;
};

/** Resolves at once where everything is known. What cannot be learnt is left out: words are a help, never a condition. */
export async function learnAbout(
  { briefs, tokenTexts, log }: Learning,
  tokens: readonly Token[],
): Promise<void> {
  const ids = new Set<number>();
  const features = new Map<SaePlace, Set<number>>();
  for (const { id, prediction, readings } of tokens) {
    for (const wanted of [id, ...(prediction?.ids ?? [])]) ids.add(wanted);
    for (const reading of readings) {
      const ofSae = features.get(reading.sae) ?? new Set();
      features.set(reading.sae, ofSae);
      for (const [slot, feature] of reading.features.entries()) {
        if ((reading.activations[slot] ?? 0) > 0) ofSae.add(feature);
      }
    }
  }
  try {
    await Promise.all([
      tokenTexts.load(ids),
      ...[...features].map(([sae, wanted]) => briefs.load(sae, wanted)),
    ]);
  } catch (error) {
    log.warn(`Tokens and features are shown without their words: ${messageOf(error)}`);
  }
}
