// The feature store that belongs to an SAE: where it lies, and whether it fits.
import path from 'node:path';
import { MonosemError } from '../../shared/errors.ts';
import { FeatureStore } from '../features/store.ts';
import { exists, hashFile } from '../files/files.ts';
import { fingerprint } from '../files/fingerprint.ts';
import { userDataFolder } from '../files/userData.ts';
import type { OpenModel } from '../model/openModel.ts';
import { weightFiles } from '../onnx/externalData/externalData.ts';
import { isNeurons, type Sae } from '../sae/sae.ts';

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
