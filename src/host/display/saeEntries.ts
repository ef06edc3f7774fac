// SAEs as entries of the list of models: whether they are used, what they are, and whether they fit. Without VS Code.
import { dirname } from 'node:path';
import type { SaeFacts, SaePlace } from '../../shared/engineProtocol.ts';
import type { Download } from '../../shared/hubProtocol.ts';
import { t } from '../../shared/l10n.ts';
import { blockOfNeurons, nameOfNeurons, siteOfNeurons } from '../../shared/saePlace.ts';
import type { SaeOutcome } from '../source/saeChecks.ts';
import type { FileEntry } from '../trees/fileEntry.ts';
import type { EntryIcon } from '../trees/treeEntry.ts';
import { listWords } from './features/listWords.ts';
import { oneLine } from './oneLine.ts';
import { nameOfSae } from './saeName.ts';
import { sizeText } from './size.ts';

export interface SaeStanding {
  readonly sae: SaePlace;
  readonly isUsed: boolean;
  readonly isPainted: boolean;
  /** It was downloaded for a model that is not in use. */
  readonly isOfOtherModel: boolean;
  /** What the engine has said about it. */
  readonly facts?: SaeFacts | undefined;
  /** What came of its check. */
  readonly outcome?: SaeOutcome | undefined;
  readonly download?: Download | undefined;
  /** In memory, where that is known. */
  readonly weightBytes?: number | undefined;
}

export function saeEntry(standing: SaeStanding): FileEntry {
  const { sae, download, isUsed } = standing;
  const name = nameIn(standing);
  const words = wordsOf(standing);
  const context = isUsed ? 'usedSae' : 'unusedSae';
  return {
    id: `sae:${sae}`,
    label: name,
    description: words.join(' · '),
    tooltip: tooltip(name, standing),
    icon: iconOf(standing),
    context: download === undefined ? context : `${context}Download`,
    spoken: t('Sparse autoencoder {0}, {1}', name, words.join(', ')),
    isDimmed: !isUsed,
    sae,
    ...(siteOfNeurons(sae) === undefined && { folder: sae }),
    ...(download && { download: download.id }),
  };
}

function nameIn({ sae, download, isUsed }: SaeStanding): string {
  const site = siteOfNeurons(sae);
  const block = site === undefined ? undefined : blockOfNeurons(site);
  if (block !== undefined) return nameOfNeurons(block);
  return oneLine(download !== undefined && !isUsed ? download.id : nameOfSae(sae));
}

function wordsOf(standing: SaeStanding): readonly string[] {
  const { facts, isUsed, isPainted, outcome, download } = standing;
  const state = isPainted ? t('painted') : isUsed ? t('used') : t('not used');
  if (facts === undefined)
    return download === undefined ? [state] : [state, sizeText(download.bytes)];
  const features = listWords([facts.sae]).count(facts.features);
  const isOff = outcome?.check?.passes === false;
  return [state, features, ...(isOff ? [t('does not fit')] : [])];
}

function tooltip(name: string, standing: SaeStanding): string {
  const { sae, facts, outcome, download, weightBytes } = standing;
  const lines = [name, siteOfNeurons(sae) ?? dirname(sae)];
  if (facts !== undefined) {
    lines.push(t('{0} at {1}', facts.architecture, facts.site), storeLine(facts.hasFeatureStore));
  }
  if (download?.model !== undefined) lines.push(t('Trained on {0}', download.model));
  if (weightBytes !== undefined) lines.push(t('{0} in memory', sizeText(weightBytes)));
  const verdict = outcome?.check?.verdict ?? outcome?.failure;
  if (verdict !== undefined) lines.push(t('Check: {0}', verdict));
  return lines.map(oneLine).join('\n');
}

function storeLine(hasStore: boolean): string {
  return hasStore
    ? t('Examples and densities are known')
    : t('No feature store: `monosem index` finds examples and densities');
}

function iconOf({ isUsed, isPainted, outcome }: SaeStanding): EntryIcon {
  if (outcome?.check?.passes === false) {
    return { codicon: 'warning', colour: 'list.warningForeground' };
  }
  if (isPainted) return { codicon: 'eye' };
  return isUsed ? { codicon: 'check' } : { codicon: 'circle-outline' };
}
