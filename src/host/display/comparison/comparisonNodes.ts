// A comparison of two texts as a tree: features gained, features lost and tokens whose strongest feature is another one,
// SAE by SAE where there are several. Nodes keep their ids from one result to the next, so what was opened stays open.
// Without VS Code.
import type { FeatureBrief, FeatureRef, SaePlace } from '../../../shared/engineProtocol.ts';
import { featureKey } from '../../../shared/featureRef.ts';
import { t } from '../../../shared/l10n.ts';
import { countText } from '../../../shared/numberText.ts';
import type {
  ChangedTokens,
  FeatureChange,
  TextComparison,
} from '../../../shared/readingProtocol.ts';
import { featureIndex } from '../../../shared/units.ts';
import type { ComparedTexts, Side } from '../../comparison/featureComparison.ts';
import { oneLine } from '../oneLine.ts';
import { changeTexts, tokenTexts } from './comparisonText.ts';
import type { NodeTexts, TokenFeature } from './comparisonText.ts';
import { comparisonWords } from './comparisonWords.ts';

/** Features listed of each kind: small changes of many features follow from any edit, for all behind it reads it. */
const mostListed = 50;

/** UTF-16 range in one of the two texts that were compared. */
export interface ComparedPlace {
  readonly side: Side;
  readonly start: number;
  readonly end: number;
}

export type ChangeKind = 'gained' | 'lost' | 'changed';

/** An SAE, or one kind of change. */
export interface BranchNode {
  readonly kind: 'sae' | ChangeKind;
  readonly id: string;
  readonly label: string;
  readonly isOpen: boolean;
  readonly children: readonly ComparisonNode[];
}

/** A feature of a change, and where to see it. */
export interface ChangeNode extends FeatureRef, NodeTexts {
  readonly kind: 'change';
  readonly change: ChangeKind;
  readonly id: string;
  readonly place: ComparedPlace;
}

export type ComparisonNode = BranchNode | ChangeNode;

/** What is known beside the comparison. */
export interface ComparisonFacts {
  readonly brief: (sae: SaePlace, feature: number) => FeatureBrief | undefined;
  readonly shows: (ref: FeatureRef) => boolean;
  /** What each SAE is called. */
  readonly labels: ReadonlyMap<SaePlace, string>;
  /** Most changes of one kind that the engine was asked for. */
  readonly limit: number;
}

/** @returns the roots: one node per SAE where there are several, else the three kinds of change */
export function comparisonNodes(
  { comparison, texts }: ComparedTexts,
  facts: ComparisonFacts,
): readonly BranchNode[] {
  const nodes = comparison.changed.map((changed, index) => {
    const { sae } = changed;
    const tokens = { changed, total: comparison.changedTokens[index] ?? 0, text: texts.right };
    const children = [
      featuresNode('gained', sae, comparison, facts),
      featuresNode('lost', sae, comparison, facts),
      tokensNode(tokens, facts),
    ];
    const label = oneLine(facts.labels.get(sae) ?? sae);
    return { kind: 'sae', id: `sae:${sae}`, label, isOpen: index === 0, children } as const;
  });
  return nodes.length === 1 ? (nodes[0]?.children ?? []) : nodes;
}

function featuresNode(
  change: 'gained' | 'lost',
  sae: SaePlace,
  comparison: TextComparison,
  facts: ComparisonFacts,
): BranchNode {
  const all = comparison[change].filter((each) => each.sae === sae);
  const shown = all.filter(facts.shows);
  const listed = shown.slice(0, mostListed);
  const count = countOf(listed.length, shown.length, all.length >= facts.limit);
  const words = comparisonWords(sae);
  const label = change === 'gained' ? words.gained(count) : words.lost(count);
  const children = listed.map((each) => featureNode(change, each, facts));
  return { kind: change, id: `${change}:${sae}`, label, isOpen: true, children };
}

/** @param hasMore there are more than the engine was asked for */
function countOf(listed: number, known: number, hasMore: boolean): string {
  if (hasMore) return t('largest {0}', countText(listed));
  if (listed === known) return countText(known);
  return t('{0} largest of {1}', countText(listed), countText(known));
}

function featureNode(
  change: 'gained' | 'lost',
  feature: FeatureChange,
  facts: ComparisonFacts,
): ChangeNode {
  const { sae, feature: index, peakStart: start, peakEnd: end } = feature;
  // It peaks in the text where it is stronger.
  const side = change === 'gained' ? 'right' : 'left';
  return {
    kind: 'change',
    change,
    id: `${change}:${featureKey(feature)}`,
    sae,
    feature: index,
    place: { side, start, end },
    ...changeTexts(change, feature, facts.brief(sae, index)),
  };
}

interface ChangedText {
  readonly changed: ChangedTokens;
  /** Also those beyond the limit. */
  readonly total: number;
  readonly text: string;
}

/** Tokens are left out where one of the two features is hidden: which shown one is the strongest is not known. */
function tokensNode({ changed, total, text }: ChangedText, facts: ComparisonFacts): BranchNode {
  const { sae, rightStarts } = changed;
  const rows = Array.from(rightStarts.keys());
  const children = rows.flatMap((row) => tokenNode(changed, row, { text, facts }) ?? []);
  const [shown, all] = [countText(children.length), countText(total)];
  const count = shown === all ? all : t('{0} of {1}', shown, all);
  return {
    kind: 'changed',
    id: `changed:${sae}`,
    label: comparisonWords(sae).changed(count),
    isOpen: false,
    children,
  };
}

function tokenNode(
  changed: ChangedTokens,
  row: number,
  { text, facts }: { readonly text: string; readonly facts: ComparisonFacts },
): ChangeNode | undefined {
  const { sae } = changed;
  const left = active(changed.leftFeatures[row], changed.leftActivations[row]);
  const right = active(changed.rightFeatures[row], changed.rightActivations[row]);
  const named = right ?? left;
  const isHidden = [left, right].some((each) => each && !facts.shows({ sae, ...each }));
  if (named === undefined || isHidden) return undefined;
  const start = changed.rightStarts[row] ?? 0;
  const end = changed.rightEnds[row] ?? start;
  const brief = (feature: number): FeatureBrief | undefined => facts.brief(sae, feature);
  return {
    kind: 'change',
    change: 'changed',
    id: `changed:${row}:${sae}`,
    sae,
    feature: named.feature,
    place: { side: 'right', start, end },
    ...tokenTexts(text.slice(start, end), { left, right }, brief),
  };
}

function active(feature = 0, activation = 0): TokenFeature | undefined {
  return activation > 0 ? { feature: featureIndex(feature), activation } : undefined;
}
