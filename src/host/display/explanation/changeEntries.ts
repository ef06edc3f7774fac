// What an ablation does to the next token, as entries of a list: the tokens that features speak for and against, with
// their probabilities before and after. Without VS Code.
import type { ChangedProbabilities, DistributionChange } from '../../../shared/engineProtocol.ts';
import { t } from '../../../shared/l10n.ts';
import { numberText, signedText } from '../../../shared/numberText.ts';
import type { TreeEntry } from '../../trees/treeEntry.ts';
import { percent } from '../features/featureText.ts';
import { likelyText, spokenToken } from '../tokens/tokenText.ts';

/** Both measures of an ablation, e.g. `Δ ln p −0.52 · KL 0.034`. */
export function changeText({ kl, targetChange }: DistributionChange): string {
  return [t('Δ ln p {0}', signedText(targetChange)), t('KL {0}', numberText(kl))].join(' · ');
}

/** The same for screen readers, which have no word for Δ. */
export function spokenChange({ kl, targetChange }: DistributionChange): string {
  return t('ln p of the target {0}, KL {1}', signedText(targetChange), numberText(kl));
}

/** The same in sentences. @param target text of the token whose probability is followed */
export function changeLines(
  { kl, targetChange }: DistributionChange,
  target: string,
): readonly string[] {
  return [
    t('ln p of {0} changes by {1} nats when ablated', target, signedText(targetChange)),
    t('KL divergence from what the model expects: {0} nats', numberText(kl)),
  ];
}

/** What the features speak for comes first. @param parent id of the entry above */
export function changeEntries(
  parent: string,
  { lowered, raised }: DistributionChange,
): readonly TreeEntry[] {
  const speaksFor = tokensOf(lowered).map((token): TreeEntry => {
    const { label, share, spoken } = wordsOf(token);
    return {
      ...entryOf(`${parent}/for`, token),
      label,
      description: share,
      tooltip: t('Speaks for this token: less likely when ablated'),
      icon: { codicon: 'arrow-up', colour: 'charts.green' },
      spoken: t('Speaks for {0}: {1}', spoken, share),
    };
  });
  const speaksAgainst = tokensOf(raised).map((token): TreeEntry => {
    const { label, share, spoken } = wordsOf(token);
    return {
      ...entryOf(`${parent}/against`, token),
      label,
      description: share,
      tooltip: t('Speaks against this token: likelier when ablated'),
      icon: { codicon: 'arrow-down', colour: 'charts.red' },
      spoken: t('Speaks against {0}: {1}', spoken, share),
    };
  });
  return [...speaksFor, ...speaksAgainst];
}

interface ChangedToken {
  readonly id: number;
  readonly text: string | undefined;
  readonly before: number;
  readonly after: number;
}

function tokensOf({ ids, texts, before, after }: ChangedProbabilities): readonly ChangedToken[] {
  return [...ids].map((id, n) => ({
    id,
    text: texts[n],
    before: before[n] ?? 0,
    after: after[n] ?? 0,
  }));
}

function entryOf(group: string, { id }: ChangedToken): Pick<TreeEntry, 'id' | 'command'> {
  return { id: `${group}/${id}`, command: { name: 'chooseTargetToken', args: [id] } };
}

function wordsOf({ id, text, before, after }: ChangedToken): {
  readonly label: string;
  readonly share: string;
  readonly spoken: string;
} {
  return {
    label: likelyText({ id, text, probability: before }),
    share: `${percent(before)} → ${percent(after)}`,
    spoken: spokenToken(text ?? ''),
  };
}
