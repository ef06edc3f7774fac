// `monosem compare A B`: what an edit did to the features of a text.
import { readUserText } from '../../engine/engine.ts';
import type { SourceFacts } from '../../shared/engineProtocol.ts';
import type { ChangedTokens, FeatureChange, TextComparison } from '../../shared/readingProtocol.ts';
import { MonosemError } from '../../shared/errors.ts';
import type { Command } from '../command.ts';
import { sourceOf, sourceOptions } from '../options.ts';
import { table, visibleToken, type Column } from '../table.ts';

/** Features compared per token, enough for the L0 of common SAEs. */
const comparedFeatures = 32;

interface ChangedToken {
  /** In A; in B. */
  readonly text: string;
  readonly left: TokenReading;
  readonly right: TokenReading;
}

interface TokenReading {
  readonly start: number;
  readonly end: number;
  /** Strongest feature; null where none is active. */
  readonly feature: number | null;
  readonly activation: number;
}

/** What changed for one SAE. */
interface SaeChanges {
  readonly name: string;
  readonly site: string;
  readonly gained: readonly Omit<FeatureChange, 'sae'>[];
  readonly lost: readonly Omit<FeatureChange, 'sae'>[];
  readonly changedTokens: number;
  readonly changed: readonly ChangedToken[];
}

export const compare: Command = {
  argument: 'A B',
  usage: 'compare A B [--limit 10]',
  summary: 'features that the text B has more or less of than A, and tokens read otherwise',
  options: { ...sourceOptions, limit: { type: 'string' } },
  async run({ engine, args, root, status }) {
    const [a, b] = args.positionals;
    if (a === undefined || b === undefined) {
      throw new MonosemError(
        'badArgument',
        `${a === undefined ? 'A' : 'B'} is missing: compare takes two text files; see "monosem help compare".`,
      );
    }
    const limit = args.number('limit', 10, { min: 1, max: 100_000, whole: true });
    const source = sourceOf(args, root);
    const left = { document: `A ${a}`, text: await readUserText(a) };
    const right = { document: `B ${b}`, text: await readUserText(b) };
    const facts = await engine.describe({ source });
    status('reading both texts');
    const compared = await engine.compareTexts(
      { source, left, right, topK: comparedFeatures, limit },
      { signal: { aborted: false }, progress: () => undefined },
    );
    const saes = changesOf(compared, facts, left.text);
    const { leftTokens, rightTokens, commonTokens } = compared;
    return {
      json: { leftTokens, rightTokens, commonTokens, saes },
      text: [
        `A has ${leftTokens} tokens, B has ${rightTokens}; ${commonTokens} are in both.`,
        ...saes.flatMap((changes) => textOf(changes, saes.length === 1)),
      ].join('\n'),
    };
  },
};

function changesOf(compared: TextComparison, { saes }: SourceFacts, text: string): SaeChanges[] {
  const of = (place: string, changes: readonly FeatureChange[]): Omit<FeatureChange, 'sae'>[] =>
    changes.flatMap(({ sae, ...change }) => (sae === place ? [change] : []));
  return saes.map(({ sae, name, site }, n) => {
    const changed = compared.changed[n];
    return {
      name,
      site,
      gained: of(sae, compared.gained),
      lost: of(sae, compared.lost),
      changedTokens: compared.changedTokens[n] ?? 0,
      changed: changed === undefined ? [] : tokensOf(changed, text),
    };
  });
}

function tokensOf(tokens: ChangedTokens, text: string): ChangedToken[] {
  return Array.from(tokens.leftStarts, (start, i) => {
    const left = readingOf(
      [start, tokens.leftEnds[i]],
      [tokens.leftFeatures[i], tokens.leftActivations[i]],
    );
    const right = readingOf(
      [tokens.rightStarts[i], tokens.rightEnds[i]],
      [tokens.rightFeatures[i], tokens.rightActivations[i]],
    );
    return { text: text.slice(left.start, left.end), left, right };
  });
}

function readingOf(
  [start = 0, end = 0]: readonly (number | undefined)[],
  [feature = 0, activation = 0]: readonly (number | undefined)[],
): TokenReading {
  return { start, end, feature: activation > 0 ? feature : null, activation };
}

function textOf(changes: SaeChanges, isAlone: boolean): string[] {
  const { name, site, gained, lost, changedTokens, changed } = changes;
  const rest = changedTokens > changed.length ? `, the first ${changed.length}` : '';
  return [
    ...(isAlone ? [] : ['', `${name} · ${site}`]),
    ...featureTable('Gained', gained),
    ...featureTable('Lost', lost),
    ...(changed.length === 0
      ? ['', 'No common token has another strongest feature.']
      : [
          '',
          `${changedTokens} common tokens have another strongest feature${rest}`,
          tokenTable(changed),
        ]),
  ];
}

function featureTable(title: string, changes: readonly Omit<FeatureChange, 'sae'>[]): string[] {
  if (changes.length === 0) return ['', `${title}: nothing`];
  const columns: readonly Column[] = [
    { title: 'feature', align: 'right' },
    { title: 'A', align: 'right' },
    { title: 'B', align: 'right' },
    { title: 'tokens in A', align: 'right' },
    { title: 'in B', align: 'right' },
    { title: 'strongest on' },
  ];
  const rows = changes.map((change) => [
    change.feature.toString(),
    change.leftTotal.toFixed(2),
    change.rightTotal.toFixed(2),
    change.leftTokens.toString(),
    change.rightTokens.toString(),
    visibleToken(change.peakToken),
  ]);
  return ['', title, table(columns, rows)];
}

function tokenTable(changed: readonly ChangedToken[]): string {
  const columns: readonly Column[] = [
    { title: 'offset in A', align: 'right' },
    { title: 'in B', align: 'right' },
    { title: 'token' },
    { title: 'feature in A' },
    { title: 'in B' },
  ];
  const reading = ({ feature, activation }: TokenReading): string =>
    feature === null ? 'none' : `${feature}:${activation.toFixed(2)}`;
  const rows = changed.map(({ text, left, right }) => [
    left.start.toString(),
    right.start.toString(),
    visibleToken(text),
    reading(left),
    reading(right),
  ]);
  return table(columns, rows);
}
