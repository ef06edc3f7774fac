// Sites that may be meant instead of the one an SAE's configuration names: the other places of the same block, and those
// of its neighbours. Works on names alone.

/** Blocks before and after whose place of the same kind is looked at, and whose every place is. */
const reach = { same: 2, other: 1 } as const;

const blockSite = /^blocks\.(\d+)\.(.+)$/;

interface Place {
  readonly name: string;
  readonly layer: number;
  readonly hook: string;
}

function parse(name: string): Place | undefined {
  const [, layer, hook] = blockSite.exec(name) ?? [];
  return layer === undefined || hook === undefined
    ? undefined
    : { name, layer: Number(layer), hook };
}

/** The same for two names of one place: what leaves a block enters the next. */
function identity({ layer, hook }: Place): string {
  return hook === 'hook_resid_pre' ? `${layer - 1} hook_resid_post` : `${layer} ${hook}`;
}

/**
 * Likely ones first, each place once: the same kind of place one block off, the same block, then the rest.
 * @param sites all that the model has, in its order
 */
export function candidateSites(sites: Iterable<string>, configured: string): string[] {
  const at = parse(configured);
  if (at === undefined) return [];
  const near = [...sites]
    .map(parse)
    .filter((place) => place !== undefined)
    .filter(({ layer, hook }) => {
      const distance = Math.abs(layer - at.layer);
      return distance <= (hook === at.hook ? reach.same : reach.other);
    });
  // Counting blocks from another end, or hidden states instead of blocks, is what goes wrong most.
  const rank = ({ layer, hook }: Place): number => {
    if (hook === at.hook) return Math.abs(layer - at.layer);
    return layer === at.layer ? reach.same - 0.5 : reach.same + 1;
  };
  const seen = new Set([identity(at)]);
  return near
    .sort((a, b) => rank(a) - rank(b))
    .filter((place) => {
      const isNew = !seen.has(identity(place));
      seen.add(identity(place));
      return isNew;
    })
    .map(({ name }) => name);
}
