// The features of a file as a list, SAE after SAE: summed, narrowed down, ranked, and named where it is known what they
// stand for. Without VS Code.
import type { TokenRows } from '../../documents/tokenTable.ts';
import type { FeatureBrief, FeatureRef, SaePlace } from '../../../shared/engineProtocol.ts';
import type { PaletteName } from '../../../shared/palette.ts';
import { featureIndex } from '../../../shared/units.ts';
import { inSlices } from '../../slices.ts';
import type { TreeEntry } from '../../trees/treeEntry.ts';
import { oneLine } from '../oneLine.ts';
import { fileFeatureEntry, moreEntry } from './featureEntries.ts';
import type { FeatureEntry } from './featureEntries.ts';
import type { FeatureFilter } from './featureFilter.ts';
import type { Ranking } from './featureRankings.ts';
import { selecting } from './featureSelection.ts';
import type { Selection, SelectionRules } from './featureSelection.ts';
import { summing } from './featureSums.ts';
import type { TextSums } from './featureSums.ts';
import { asksForLabels } from './featureWords.ts';
import { listMessage } from './fileFeaturesText.ts';
import type { FileFeaturesState } from './fileFeaturesState.ts';
import { listWords } from './listWords.ts';

/** Features of each SAE that are listed: more are not read, and each takes its time to be drawn. */
export const mostListed = 200;

export interface ListedSae {
  readonly sae: SaePlace;
  readonly label: string;
}

export interface FileQuestion {
  readonly rows: readonly TokenRows[];
  /** In the order in which they are listed. */
  readonly saes: readonly ListedSae[];
  readonly ranking: Ranking;
  /** What was typed to narrow the list down. */
  readonly words: string;
}

export interface FilePorts {
  readonly filter: FeatureFilter;
  /** Makes known what there is to know of some features. */
  readonly load: (sae: SaePlace, features: readonly number[]) => Promise<void>;
  readonly brief: (sae: SaePlace, feature: number) => FeatureBrief | undefined;
  /** Colour of a pinned feature; `undefined` for others. */
  readonly slotOf: (ref: FeatureRef) => number | undefined;
  readonly palette: PaletteName;
}

/** The features of one SAE; an entry of its own where there are several. */
export interface SaeGroup {
  readonly entry: TreeEntry;
  readonly features: readonly FeatureEntry[];
  /** Behind the features: what is done about those that are not listed, where there are any. */
  readonly end: readonly TreeEntry[];
}

export interface FileFeatureList {
  readonly state: FileFeaturesState;
  readonly groups: readonly SaeGroup[];
  /** Above the list; empty for none. */
  readonly message: string;
}

export async function listFileFeatures(
  question: FileQuestion,
  ports: FilePorts,
  signal?: AbortSignal,
): Promise<FileFeatureList> {
  const groups: SaeGroup[] = [];
  const selections: Selection[] = [];
  const found: SaePlace[] = [];
  let hasLosses = false;
  for (const listed of question.saes) {
    const { sums, selection } = await rankOne(listed.sae, question, { ports, signal });
    if (sums.tokens === 0) continue;
    hasLosses ||= sums.meanLoss !== undefined;
    selections.push(selection);
    found.push(listed.sae);
    groups.push(groupOf(listed, { sums, selection, question, ports }));
  }
  const state = stateOf(selections, question.ranking, hasLosses);
  if (state !== 'list') return { state, groups: [], message: '' };
  const words = listWords(found);
  const message = selections.every(({ active, leftOut }) => active + leftOut === 0)
    ? words.noneInFile
    : listMessage(selections, question, words);
  return { state, groups: groups.filter(({ features }) => features.length > 0), message };
}

/** What one SAE finds in a file, ranked. */
export async function rankOne(
  sae: SaePlace,
  { rows, ranking, words }: Pick<FileQuestion, 'rows' | 'ranking' | 'words'>,
  { ports, signal }: { readonly ports: FilePorts; readonly signal?: AbortSignal | undefined },
): Promise<{ readonly sums: TextSums; readonly selection: Selection }> {
  const { filter, load, brief } = ports;
  const sums = await inSlices(summing(rows, sae, filter.showsOn), signal);
  const asksAll = ranking === 'density' || filter.asksForDensities || asksForLabels(words);
  const rules: SelectionRules = {
    ranking,
    words,
    most: mostListed,
    shows: (feature) => filter.shows({ sae, feature: featureIndex(feature) }),
    brief: (feature) => brief(sae, feature),
  };
  if (asksAll) {
    await load(
      sae,
      sums.features.map(({ feature }) => feature),
    );
    signal?.throwIfAborted();
    return { sums, selection: await inSlices(selecting(sums, rules), signal) };
  }
  const selection = await inSlices(selecting(sums, rules), signal);
  await load(
    sae,
    selection.listed.map(({ feature }) => feature),
  );
  signal?.throwIfAborted();
  return { sums, selection };
}

interface GroupFacts {
  readonly sums: TextSums;
  readonly selection: Selection;
  readonly question: FileQuestion;
  readonly ports: FilePorts;
}

function groupOf(
  { sae, label }: ListedSae,
  { sums, selection, question, ports }: GroupFacts,
): SaeGroup {
  const { ranking } = question;
  const features = selection.listed.map((sum) => {
    const ref = { sae, feature: featureIndex(sum.feature) };
    const listed = {
      ref,
      brief: ports.brief(sae, sum.feature),
      slot: ports.slotOf(ref),
      palette: ports.palette,
    };
    return fileFeatureEntry(listed, sum, { ranking, tokens: sums.tokens });
  });
  const name = oneLine(label);
  const description = listWords([sae]).count(selection.fitting);
  const entry: TreeEntry = {
    id: `sae:${sae}`,
    label: name,
    description,
    tooltip: oneLine(sae),
    opens: 'expanded',
    spoken: `${name}, ${description}`,
  };
  const more = selection.fitting - features.length;
  return { entry, features, end: more > 0 ? [moreEntry(sae, more)] : [] };
}

/** Nothing can be ranked where what ranks it was never computed. */
function stateOf(
  selections: readonly Selection[],
  ranking: Ranking,
  hasLosses: boolean,
): FileFeaturesState {
  if (!selections.some(({ active }) => active > 0)) return 'list';
  if (ranking === 'surprise' && !hasLosses) return 'noLosses';
  const isRanked = selections.some(({ active, unranked }) => unranked < active);
  return ranking === 'density' && !isRanked ? 'noDensities' : 'list';
}
