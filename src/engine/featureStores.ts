// The feature store that belongs to an SAE: where it lies, whether it fits, and how one is built from a corpus.
import path from 'node:path';
import { MonosemError } from '../shared/errors.ts';
import { analyseText } from './analysis/analyseText.ts';
import type { Breath, WindowRun } from './analysis/analysedWindow.ts';
import { buildFeatureStore, type CorpusDocument } from './features/build.ts';
import { FeatureStore, type StoreFacts } from './features/store.ts';
import { hashFile } from './files/files.ts';
import { readUserText } from './files/textFile.ts';
import type { OpenModel } from './model/openModel.ts';
import type { Sae } from './sae/sae.ts';

/** Above the L0 of almost every token. */
const recordedFeatures = 64;
/** All neurons of a small model, and those with the largest values of a large one, of which half may be active at once. */
const recordedNeurons = 1024;

/** Features recorded per token of the corpus, where there are that many. */
export function recordedPerToken({ activation }: Pick<Sae, 'activation'>): number {
  return activation.kind === 'identity' ? recordedNeurons : recordedFeatures;
}

/** A line of its own between the documents of a corpus file. */
const documentSeparator = /^<\|endoftext\|>\r?\n?/m;

export function featureStoreFile(sae: Sae): string {
  return path.join(sae.folder, 'features.sqlite');
}

/** @throws MonosemError `noFeatureStore` when there is none, or one of another SAE */
export async function openFeatureStore(sae: Sae): Promise<FeatureStore> {
  const file = featureStoreFile(sae);
  const store = await FeatureStore.open(file);
  const { saeSha256, site } = store.facts;
  if (site === sae.site && saeSha256 === (await hashFile(sae.weightsFile, 'The SAE'))) return store;
  store.close();
  throw new MonosemError(
    'noFeatureStore',
    `The feature store ${file} was built for another SAE; build it again with "monosem index CORPUS".`,
  );
}

/** The texts of a corpus file, which a line "<|endoftext|>" separates. @throws MonosemError `emptyText` */
async function readCorpus(file: string): Promise<string[]> {
  const text = await readUserText(file);
  const documents = text.split(documentSeparator).filter((document) => document.trim() !== '');
  if (documents.length > 0) return documents;
  throw new MonosemError(
    'emptyText',
    `The corpus ${file} holds no text; put documents into it, separated by lines "<|endoftext|>".`,
  );
}

export interface IndexedSource {
  readonly model: OpenModel;
  readonly sae: Sae;
  /** With this SAE alone. */
  readonly run: WindowRun;
  /** Most text tokens per window. */
  readonly capacity: number;
}

/**
 * Builds the feature store of an SAE.
 * @param onProgress receives documents done and documents in all
 */
export async function buildStoreOf(
  { model, sae, run, capacity }: IndexedSource,
  corpusFile: string,
  onProgress: (done: number, total: number) => void,
  breath: Breath,
): Promise<StoreFacts> {
  const texts = await readCorpus(corpusFile);
  const documents = async function* (): AsyncGenerator<CorpusDocument> {
    for (const [done, text] of texts.entries()) {
      const encoded = await model.tokenizer.encode(text);
      const { ids, ends } = encoded;
      const [reading] = await analyseText(run, capacity, { text, encoded }, breath);
      if (reading !== undefined) yield { text, ids, ends, ...reading };
      onProgress(done + 1, texts.length);
    }
  };
  const identity = {
    modelSha256: await hashFile(model.onnxFile, 'The model'),
    saeSha256: await hashFile(sae.weightsFile, 'The SAE'),
    site: sae.site,
    features: sae.F,
    corpus: path.basename(corpusFile),
  };
  return buildFeatureStore(featureStoreFile(sae), identity, documents());
}
