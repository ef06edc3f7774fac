// Texts that belong to no file and are shown in editors all the same, e.g. what a steered model wrote beside what it
// would have written. The last ones are kept, by their paths. Without VS Code.
import { MonosemError } from '../../shared/errors.ts';
import { t } from '../../shared/l10n.ts';

/** Pairs of texts that are kept. */
const mostPairs = 32;

export interface TextPair {
  readonly baseline: string;
  readonly steered: string;
}

/** Where the texts of a pair are found, as paths of URIs. */
export type PairPaths = Readonly<Record<keyof TextPair, string>>;

interface KeptPair {
  readonly texts: TextPair;
  readonly paths: PairPaths;
}

export class KeptTexts {
  /** Oldest first. */
  #pairs: readonly KeptPair[] = [];
  #count = 0;

  /** Keeps both texts; the same two again are found where they are already. */
  keep(texts: TextPair): PairPaths {
    const known = this.#pairs.find(
      ({ texts: { baseline, steered } }) =>
        baseline === texts.baseline && steered === texts.steered,
    );
    const pair = known ?? { texts, paths: pathsOf(++this.#count) };
    this.#pairs = [...this.#pairs.filter((each) => each !== known), pair].slice(-mostPairs);
    return pair.paths;
  }

  /** @throws MonosemError `fileMissing` for a text that is kept no more, as after a reload of the window */
  at(path: string): string {
    for (const { texts, paths } of this.#pairs) {
      if (paths.baseline === path) return texts.baseline;
      if (paths.steered === path) return texts.steered;
    }
    throw new MonosemError(
      'fileMissing',
      t('This text is not kept any more: run the steering again to compare what it writes.'),
    );
  }
}

/** Their ending makes them plain text; a tab shows the last part. */
function pathsOf(count: number): PairPaths {
  const folder = `/${t('Steering {0}', count)}`;
  return { baseline: `${folder}/${t('Baseline')}.txt`, steered: `${folder}/${t('Steered')}.txt` };
}
