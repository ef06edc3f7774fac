// An engine process with the real server and a façade that computes nothing: what the tests of the process boundary
// fork. Its behaviour is chosen by the text it is given.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { IPCMessageReader, IPCMessageWriter, createMessageConnection } from 'vscode-jsonrpc/node';
import { summaryOf } from '../host/batches.ts';
import type { Facade } from '../../../src/engine/server/handlers.ts';
import { startServer } from '../../../src/engine/server/server.ts';
import { MonosemError } from '../../../src/shared/errors.ts';
import type { SourceFacts } from '../../../src/shared/engineProtocol.ts';
import { featureIndex, tokenId, tokenIndex } from '../../../src/shared/units.ts';

const facts: SourceFacts = {
  model: {
    name: 'fake',
    folder: '/fake',
    architecture: 'llama',
    layers: 1,
    dModel: 2,
    vocabularySize: 3,
    streamSites: ['blocks.0.hook_resid_post'],
    contextLength: 4,
    variant: 'onnx/model.onnx',
    provider: 'cpu',
    providerReason: 'It was asked for.',
    dynamicallyQuantized: false,
    hasChatTemplate: false,
  },
  saes: [
    {
      sae: '/fake',
      name: 'fake',
      site: 'blocks.0.hook_resid_post',
      architecture: 'topk',
      features: 8,
      hasFeatureStore: false,
    },
  ],
};

const notAsked = (): Promise<never> => Promise.reject(new Error('The tests do not ask for it.'));

const engine: Facade = {
  ablationEffect: notAsked,
  bosReading: notAsked,
  compareTexts: notAsked,
  sweep: notAsked,
  featureEffects: notAsked,
  ablationMap: notAsked,
  continuationEffect: notAsked,
  direction: notAsked,
  identifySaes: notAsked,
  provenance: notAsked,
  openThings: notAsked,
  describe: () => Promise.resolve(facts),
  clearAnalysisCache: () => Promise.resolve({ bytes: 0 }),
  /** One token per UTF-16 unit, one batch per eight tokens; `slow` waits between batches. */
  analyse: async ({ source, text, topK }, { progress, turn, relax }) => {
    if (text === 'die') process.exit(3);
    for (let from = 0; from < text.length; from += 8) {
      const count = Math.min(8, text.length - from);
      const starts = Uint32Array.from({ length: count }, (_, row) => from + row);
      progress({
        key: from,
        from: tokenIndex(from),
        count,
        ids: starts.map((start) => text.charCodeAt(start)),
        starts,
        ends: starts.map((start) => start + 1),
        readings: source.saes.map((sae) => ({
          sae,
          topK,
          slots: topK,
          features: new Uint32Array(count * topK).fill(7),
          activations: new Float32Array(count * topK).fill(0.5),
        })),
      });
      if (text.startsWith('slow')) await sleep(20);
      relax?.();
      await turn?.();
    }
    return summaryOf(text.length);
  },
  activeFeatures: ({ source, text }) =>
    Promise.resolve(
      source.saes.map((sae) => ({
        sae,
        feature: featureIndex(text.length),
        total: 1,
        max: 1,
        peakToken: text.slice(0, 1),
      })),
    ),
  feature: ({ feature }) => {
    throw new MonosemError('unknownFeature', `There is no feature ${feature}.`);
  },
  featureBriefs: () => {
    throw new TypeError('a defect');
  },
  steer: async ({ prompt, maxTokens }, { progress }) => {
    if (prompt === 'dieOnce' && process.env['FAKE_ENGINE_STARTS'] === '1') process.exit(4);
    for (let step = 0; step < maxTokens; step++) {
      const baseline = { id: tokenId(step), text: 'b', logProbability: -1 };
      progress({ sample: 0, step, baseline, kl: step });
      await sleep(1);
    }
    const end = { tokens: [], end: 'length' } as const;
    const baseline = { text: 'b'.repeat(maxTokens), ...end };
    return { samples: [{ baseline, steered: { text: 's', ...end }, steps: [], aligned: [] }] };
  },
  checkSae: ({ sae }) =>
    Promise.resolve({
      name: 'fake',
      folder: sae,
      site: 'blocks.0.hook_resid_post',
      passes: true,
      verdict: 'It fits.',
      remarks: [],
      trials: [],
    }),
  variants: () => Promise.resolve([]),
  tokenTexts: ({ ids }) => Promise.resolve(Array.from(ids, (id) => String.fromCharCode(id))),
  tokenDetails: () => {
    throw new MonosemError('unsupportedModel', 'The fake model expects nothing.');
  },
  similarTokens: () =>
    Promise.resolve({
      tokens: new Uint32Array(),
      starts: new Uint32Array(),
      ends: new Uint32Array(),
      similarities: new Float32Array(),
    }),
  diagnose: () => Promise.resolve({ platform: [], versions: [], providers: [] }),
  selfTest: ({ source }) =>
    Promise.resolve({
      isEqual: source.model !== '/altered',
      maxDifference: 1,
      tokens: 2,
      summary: 'The overlay alters the model.',
    }),
  dispose: () => Promise.resolve(),
};

function noHub(): Promise<never> {
  return Promise.reject(new MonosemError('hubUnreachable', 'There is no hub.'));
}

const server = startServer({
  connection: createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process)),
  createEngine: () => engine,
  providers: () => ['cpu'],
  hub: {
    catalogue: () => Promise.resolve({ models: [], saes: [] }),
    modelOffer: noHub,
    saeOffer: noHub,
    addModel: noHub,
    addSae: noHub,
    listDownloads: () => Promise.resolve([]),
    removeDownload: noHub,
  },
  log: (message) => process.stderr.write(`${message}\n`),
  exit: () => process.exit(0),
});
process.once('disconnect', () => {
  void server.stop().then(() => process.exit(0));
});
