// What SAEs are called in links, and which active SAE a name in a link means. Without VS Code.
import type { SaePlace } from '../../shared/engineProtocol.ts';
import { saeLabels } from '../../shared/featureRef.ts';
import type { NamedSae } from '../../shared/featureRef.ts';
import { nameOfSae } from '../display/saeName.ts';

type NameOf = (sae: NamedSae, labels: ReadonlyMap<SaePlace, string>) => string | undefined;

/** What an SAE may be called, what is most likely unique first. */
const namesOf: readonly NameOf[] = [
  ({ sae }) => nameOfSae(sae),
  ({ name }) => name,
  ({ sae }, labels) => labels.get(sae),
  ({ site }) => site,
];

/** The active SAEs that are called so: usually one or none. @param saes active ones */
export function saesNamed(name: string, saes: readonly NamedSae[]): readonly SaePlace[] {
  const labels = saeLabels(saes);
  for (const nameOf of namesOf) {
    const found = saes.filter((sae) => nameOf(sae, labels) === name);
    if (found.length > 0) return found.map(({ sae }) => sae);
  }
  return [];
}

/** A name for a link that means this SAE among the active ones; no folder of this machine is in it. */
export function nameInLink(meant: SaePlace, saes: readonly NamedSae[]): string {
  const sae = saes.find((each) => each.sae === meant);
  const names = sae === undefined ? [] : [nameOfSae(meant), sae.name, `${sae.site} · ${sae.name}`];
  const isClear = (name: string): boolean => {
    const [found, ...others] = saesNamed(name, saes);
    return found === meant && others.length === 0;
  };
  return names.find(isClear) ?? nameOfSae(meant);
}
