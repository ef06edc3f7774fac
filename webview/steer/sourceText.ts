// What a session looks through, in one line: the model, and each SAE with its site. Pure.
import type { SteerViewState } from '../../src/shared/webviewProtocol.ts';

export function sourceText({ modelName, saes }: SteerViewState): string {
  const [only] = saes;
  if (only !== undefined && saes.length === 1) {
    // SAEs are often called after their site.
    return [...new Set([modelName, only.name, only.site])].join(' · ');
  }
  const named = saes.map(({ name, site }) => (name === site ? site : `${site} (${name})`));
  return [modelName, ...named].join(' · ');
}
