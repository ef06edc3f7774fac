// Which directions a steering session offers to edit along, and where new ones begin. Without VS Code.
import type { ModelFacts, NamedEdit } from '../../shared/engineProtocol.ts';
import type { SteerDirection, SteerViewState } from '../../shared/webviewProtocol.ts';
import type { WorkedOut } from '../steering/directions.ts';

export function offeredDirection(
  { numbers, ...named }: WorkedOut,
  edits: readonly NamedEdit[],
): SteerDirection {
  const { norm, texts } = numbers;
  const edit = edits.find((each) => !('feature' in each) && each.name === named.name);
  return {
    ...{ ...named, norm },
    ...(texts && { streamNorm: texts.streamNorm }),
    ...(edit !== undefined && !('feature' in edit) && { edit }),
  };
}

/** @param painted site of the SAE whose features are painted: the place to begin with, where it is one of the stream's */
export function streamSitesOf(
  { streamSites: names }: Pick<ModelFacts, 'streamSites'>,
  painted: string | undefined,
): SteerViewState['streamSites'] {
  const wanted = painted === undefined ? undefined : behindTheBlockBefore(painted);
  const middle = names[Math.floor(names.length / 2)] ?? '';
  return { names, suggested: names.find((name) => name === wanted) ?? middle };
}

/** What goes into a block is what came out of the one before, and listed under that name. */
function behindTheBlockBefore(site: string): string {
  return site.replace(/^blocks\.([1-9]\d*)\.hook_resid_pre$/, (_, block: string) =>
    `blocks.${Number(block) - 1}.hook_resid_post`); // prettier-ignore
}
