// The feature store that belongs to an SAE: where it lies, whether it fits, and how one is built from a corpus.
import path from 'node:path';
import { MonosemError } from '../shared/errors.ts';
import { analyseText } from './analysis/analyseText.ts';
import type { Breath, WindowRun } from './analysis/analysedWindow.ts';
import { buildFeatureStore, type CorpusDocument } from './features/build.ts';
import { FeatureStore, type StoreFacts } from './features/store.ts';
import { exists, hashFile } from './files/files.ts';
import { fingerprint } from './files/fingerprint.ts';
import { readUserText } from './files/textFile.ts';
import { userDataFolder } from './files/userData.ts';
import type { OpenModel } from './model/openModel.ts';
import { weightFiles } from './onnx/externalData/externalData.ts';
import { isNeurons, type Sae } from './sae/sae.ts';

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

const fileName = 'features.sqlite';

/** What a store is about. */
export interface StoreSubject {
  readonly model: Pick<OpenModel, 'folder' | 'onnx' | 'onnxFile'>;
  readonly sae: Sae;
}

/**
 * Where the feature store of an SAE is written: beside its weights. Neurons have no folder of their own, and that of the
 * model may be shared or read-only; their stores lie in the user's data, under what the model's weights are, so that a
 * model that was moved or came with another version finds them again.
 */
export async function featureStoreFile({ model, sae }: StoreSubject): Promise<string> {
  if (!isNeurons(sae)) return path.join(sae.folder, fileName);
  const files = new Set([model.onnxFile, ...weightFiles(model.onnx.proto.graph ?? {})]);
  const weights = await fingerprint([...files], 'The model');
  return path.join(userDataFolder(), 'neurons', weights, sae.site, fileName);
}

/** The store that is there. Those of neurons were written into the model's folder once. */
export async function findFeatureStore(subject: StoreSubject): Promise<string | undefined> {
  const { model, sae } = subject;
  const places = [await featureStoreFile(subject)];
  if (isNeurons(sae)) places.push(path.join(model.folder, 'neurons', sae.site, fileName));
  for (const file of places) if (await exists(file)) return file;
  return undefined;
}

/** @throws MonosemError `noFeatureStore` when there is none, or one of another SAE */
export async function openFeatureStore(subject: StoreSubject): Promise<FeatureStore> {
  const { sae } = subject;
  const file = (await findFeatureStore(subject)) ?? (await featureStoreFile(subject));
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
): Promise<StoreFacts & { readonly file: string }> {
  const file = await featureStoreFile({ model, sae });
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
  return { ...(await buildFeatureStore(file, identity, documents())), file };
}
