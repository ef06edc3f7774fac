// What an SAE is called before anybody has looked into it. Without VS Code.
import { basename } from 'node:path';
import type { SaePlace } from '../../shared/engineProtocol.ts';
import { siteOfNeurons } from '../../shared/saePlace.ts';

/** As settings and links have it: the name of the folder or file; neurons are named as they are. */
export function nameOfSae(sae: SaePlace): string {
  return siteOfNeurons(sae) === undefined ? basename(sae) : sae;
}
