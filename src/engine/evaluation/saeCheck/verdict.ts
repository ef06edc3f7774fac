// What follows from the trials, in one sentence. Three things are off:
// - FVU above 0.5: published SAEs leave 0.05 to 0.35 of the variance of what they were trained on, wrong sites and wrong
//   arithmetic mostly more than all of it.
// - L0 more than three times what the files promise, or less than a third of it; without a promise, fewer than one
//   active feature per token or more than a third of them all: then it is no sparse code any more.
// - Any other way to read that leaves clearly less variance, however good the configured one looks: a forgotten b_dec
//   raised FVU from 0.10 to 0.15 where this was measured. What is computed rightly is hardly ever improved by a change.
// Mean cosine and silent features say nothing by themselves: vectors of a residual stream share their mean, so that a
// cosine is high for almost any reconstruction, and in 512 tokens most features of a large SAE have no occasion.
import type { SaeCheck, SaeTrial, SaeTrialKind } from '../../../shared/saeCheck.ts';
import type { Sae } from '../../sae/sae.ts';

const worstFvu = 0.5;
const l0Factor = 3;

/** Largest FVU ÷ configured FVU of a change that is believed. */
const believedShare = 0.8;
/** BOS is far from most tokens: it changes little, and nothing that is computed wrongly looks like it. */
const believedBosShare = 0.85;

/** Changes whose FVU is this close to the best are equals; then the likelier one is named. */
const equalShare = 1.02;

/** Active features per token that the files promise. */
export function expectedL0(sae: Pick<Sae, 'activation' | 'expectedL0'>): number | undefined {
  const { activation } = sae;
  return activation.kind === 'topk' || activation.kind === 'groupmax'
    ? activation.k
    : sae.expectedL0;
}

type JudgedSae = Pick<
  Sae,
  'site' | 'F' | 'activation' | 'expectedL0' | 'centre' | 'ignoresCentring'
>;

/** @param trials the configured one, then those with one change each, likely ones first */
export function judge(
  sae: JudgedSae,
  [configured, ...changed]: readonly SaeTrial[],
): Pick<SaeCheck, 'passes' | 'verdict'> {
  if (configured === undefined) return { passes: false, verdict: 'Nothing was measured.' };
  const { fvu, l0, tokens } = configured.figures;
  const cause = bestChange(configured, changed);
  if (cause !== undefined) {
    const found = `FVU ${figure(fvu)} at ${sae.site}; ${figure(cause.figures.fvu)} ${cause.how}`;
    const kinds = [cause.changes, ...(cause.changesAlso === undefined ? [] : [cause.changesAlso])];
    const reasons = kinds.map((kind) => causes[kind](sae)).join(', and ');
    return { passes: false, verdict: `${found}: ${reasons}.` };
  }
  const measured = `FVU ${figure(fvu)} and L0 ${l0.toFixed(1)} at ${sae.site}`;
  const strangeL0 = l0Problem(sae, l0);
  if (strangeL0 === undefined && fvu <= worstFvu) {
    return {
      passes: true,
      verdict: `${measured} over ${tokens} tokens: the SAE reads this model as its config says.`,
    };
  }
  const problem = fvu <= worstFvu ? strangeL0 : `an SAE that fits leaves less than ${worstFvu}`;
  return {
    passes: false,
    verdict: `${measured}: ${problem ?? ''}, and no other site, BOS, centring, normalisation, bias or orientation mends it; check that the SAE was trained on this very model.`,
  };
}

/** Far from what fits, and no single change mends it: only then two at once are worth their time. */
export function needsPairs([configured, ...changed]: readonly SaeTrial[]): boolean {
  if (configured === undefined || configured.figures.fvu <= worstFvu) return false;
  return bestChange(configured, changed) === undefined;
}

/** What clearly leaves less variance; of equals the first. */
function bestChange(configured: SaeTrial, changed: readonly SaeTrial[]): SaeTrial | undefined {
  // No number at all is as bad as can be.
  const own = Number.isFinite(configured.figures.fvu) ? configured.figures.fvu : Infinity;
  const believed = changed.filter(({ changes, figures: { fvu } }) => {
    const share = changes === 'bos' ? believedBosShare : believedShare;
    return fvu <= worstFvu && fvu <= share * own;
  });
  const best = Math.min(...believed.map(({ figures }) => figures.fvu));
  return believed.find(({ figures }) => figures.fvu <= equalShare * best);
}

function l0Problem(sae: JudgedSae, l0: number): string | undefined {
  const promised = expectedL0(sae);
  if (promised !== undefined) {
    const isNear = l0 <= promised * l0Factor && l0 * l0Factor >= promised;
    return isNear ? undefined : `its files promise an L0 of ${promised}`;
  }
  if (l0 < 1) return 'hardly any feature is active';
  return l0 > sae.F / l0Factor ? `of ${sae.F} features too many are active` : undefined;
}

const causes: Readonly<Record<SaeTrialKind, (sae: JudgedSae) => string>> = {
  nothing: () => 'the config is right',
  site: () => 'the config names the wrong site',
  swappedSites: () => 'the config has the places it reads and writes the wrong way round',
  bos: () => 'the config is wrong about BOS (prepend_bos)',
  centring: ({ centre, ignoresCentring }) => {
    if (centre) return 'the config says that rows were centred in training, and they were not';
    return ignoresCentring === true
      ? 'the SAE was trained on centred rows, as its config says, although this model has RMSNorm'
      : 'the SAE was trained on centred rows (center_writing_weights), which its config does not say';
  },
  normalisation: () => 'the config names the wrong normalisation of the input',
  decoderBias: () => 'the config is wrong about subtracting b_dec (apply_b_dec_to_input)',
  orientation: () => 'the file holds the weights the other way round than their shape says',
};

/** Two significant digits, without an exponent. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}
