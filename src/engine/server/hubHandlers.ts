// The hub's calls → façade. None of them runs a model, so none waits for the compute lane. What a call says about hub
// and cache is checked here, before anything is requested; the token is part of no message and no log.
import path from 'node:path';
import { MonosemError } from '../../shared/errors.ts';
import type { Download, HubCalls, HubPlace } from '../../shared/hubProtocol.ts';
import {
  addModel,
  addSae,
  catalogue,
  listRecords,
  removeRecord,
  saesOf,
  variantsOf,
} from '../engine.ts';
import type { HubAccess } from '../engine.ts';
import type { ServerHandlers } from './rpc.ts';

const revision = 'main';

export const hubHandlers: ServerHandlers<HubCalls> = {
  catalogue: () => Promise.resolve(catalogue),
  modelOffer: async ({ hub, repo }, { signal }) =>
    variantsOf(accessOf(hub), { repo, revision }, signal),
  saeOffer: async ({ hub, repo }, { signal }) => saesOf(accessOf(hub), { repo, revision }, signal),
  addModel: async ({ hub, ...params }, context) => {
    const { added, isOffline } = await addModel(accessOf(hub), { ...params, revision }, context);
    return { ...downloadOf(hub, added), isOffline };
  },
  addSae: async ({ hub, ...params }, context) => {
    const { added, isOffline } = await addSae(accessOf(hub), { ...params, revision }, context);
    return { ...downloadOf(hub, added), isOffline };
  },
  listDownloads: async ({ hub }) =>
    (await listRecords(accessOf(hub).cache)).map((added) => downloadOf(hub, added)),
  removeDownload: async ({ hub, id }) =>
    downloadOf(hub, await removeRecord(accessOf(hub).cache, id)),
};

/** @param added with its place inside the cache */
function downloadOf({ cache }: HubPlace, added: Download): Download {
  const { id, kind, repo, place, bytes, variant, model } = added;
  return {
    ...{ id, kind, repo, bytes },
    place: path.join(cache, place),
    ...(variant !== undefined && { variant }),
    ...(model !== undefined && { model }),
  };
}

/** @throws MonosemError `badArgument` */
function accessOf({ endpoint, cache, token, offline }: HubPlace): HubAccess {
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw new MonosemError(
      'badArgument',
      `The hub's address "${endpoint}" is no web address; write one such as https://huggingface.co.`,
    );
  }
  if (!path.isAbsolute(cache)) {
    throw new MonosemError('badArgument', `The cache folder "${cache}" is no absolute path.`);
  }
  return {
    endpoint: endpoint.replace(/\/+$/, ''),
    cache,
    ...(token !== undefined && { token }),
    ...(offline !== undefined && { offline }),
  };
}
