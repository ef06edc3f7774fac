// Builds the feature store of an SAE from a corpus file.
import path from 'node:path';
import type { ModelChoice, SaePlace } from '../../../shared/engineProtocol.ts';
import { MonosemError } from '../../../shared/errors.ts';
import { analyseText } from '../../analysis/analyseText.ts';
import { buildFeatureStore, type CorpusDocument } from '../../features/build.ts';
import { recordedPerToken } from '../../features/recordedPerToken.ts';
import type { StoreFacts } from '../../features/store.ts';
import { hashFile } from '../../files/files.ts';
import { readUserText } from '../../files/textFile.ts';
import { featureStoreFile } from '../../sources/featureStores.ts';
import type { OpenSource } from '../../sources/openSource.ts';

/** A line of its own between the documents of a corpus file. */
const documentSeparator = /^<\|endoftext\|>\r?\n?/m;

export interface BuildFeaturesParams {
  readonly model: ModelChoice;
  readonly sae: SaePlace;
  /** Path of a text file. */
  readonly corpus: string;
}

export interface BuiltStore extends StoreFacts {
  readonly file: string;
}

/**
 * @param open with this SAE alone
 * @param onProgress receives documents done and documents in all
 * @throws MonosemError `emptyText`, and what reading and writing files can throw
 */
export async function buildFeatures(
  open: OpenSource,
  { sae: place, corpus }: Pick<BuildFeaturesParams, 'sae' | 'corpus'>,
  onProgress: (done: number, total: number) => void,
): Promise<BuiltStore> {
  const { model, capacity } = open;
  const sae = open.sae(place);
  const run = await open.windowRun(Math.min(sae.F, recordedPerToken(sae)), false);
  const file = await featureStoreFile({ model, sae });
  const texts = await readCorpus(corpus);
  const documents = async function* (): AsyncGenerator<CorpusDocument> {
    for (const [done, text] of texts.entries()) {
      const encoded = await model.tokenizer.encode(text);
      const { ids, ends } = encoded;
      const [reading] = await analyseText(run, capacity, { text, encoded }, unhurried);
      if (reading !== undefined) yield { text, ids, ends, ...reading };
      onProgress(done + 1, texts.length);
    }
  };
  const identity = {
    modelSha256: await hashFile(model.onnxFile, 'The model'),
    saeSha256: await hashFile(sae.weightsFile, 'The SAE'),
    site: sae.site,
    features: sae.F,
    corpus: path.basename(corpus),
  };
  return { ...(await buildFeatureStore(file, identity, documents())), file };
}

/** Stores are built by the command line, where nobody waits between two runs of the model. */
const unhurried = (): Promise<void> => Promise.resolve();

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
