// Where the residual stream can be steered as a whole.
import type { Sites } from './sites.ts';

const isStreamSite = /^blocks\.(?:0\.hook_resid_pre|\d+\.hook_resid_post)$/;

/** Names of the stream in front of the first block and behind each, in the order of the model. */
export function streamSites({ sites }: Pick<Sites, 'sites'>): readonly string[] {
  return [...sites.keys()].filter((name) => isStreamSite.test(name));
}
