// What is computed of files without an SAE: the places of a graph, activations for export, tensors in files.
import path from 'node:path';
import type { ModelChoice } from '../../../shared/engineProtocol.ts';
import { MonosemError } from '../../../shared/errors.ts';
import type { Tensor } from '../../../shared/tensor.ts';
import { captureActivations } from '../../analysis/captureActivations.ts';
import { windowCapacity } from '../../analysis/windowCapacity.ts';
import { readSafetensors, writeSafetensors } from '../../files/safetensors.ts';
import { readTensor } from '../../files/tensorData.ts';
import { bundleFolderOf, onnxFileOf } from '../../model/bundle/bundle.ts';
import { readModelConfig } from '../../model/bundle/config.ts';
import { findSites, openModel } from '../../model/openModel.ts';
import { placeModel, requestOf } from '../../model/placement.ts';
import { SiteReader } from '../../model/siteReader.ts';
import { readDecoder } from '../../onnx/decoder/readDecoder.ts';
import type { ProviderChooser } from '../../onnx/runtime/executionProviders.ts';
import { neuronsPerSite } from '../../sae/neurons.ts';

export interface SiteFacts {
  readonly name: string;
  readonly tensor: string;
  readonly type: string;
  /** Neurons of an MLP layer that the site holds, where it does. */
  readonly neurons?: number;
}

export interface GraphFacts {
  readonly file: string;
  readonly architecture: string;
  readonly layers: number;
  readonly blocks: 'sequential' | 'parallel';
  readonly kvCache: boolean;
  readonly dynamicallyQuantized: boolean;
  readonly sites: readonly SiteFacts[];
}

/**
 * What a decoder is made of, and every place where its residual stream can be read and edited.
 * @param place an .onnx file, or a model folder
 * @param variant which .onnx of the folder
 */
export async function graphFacts(place: string, variant?: string): Promise<GraphFacts> {
  const file = await onnxFileOf(path.resolve(place), variant);
  const onnx = await readDecoder(file);
  const folder = await bundleFolderOf(file);
  const config = folder === undefined ? undefined : await readModelConfig(folder);
  const found = findSites(onnx, config);
  const neurons = neuronsPerSite({ sites: found });
  return {
    file,
    architecture: config?.architecture ?? 'unknown',
    layers: found.layers,
    blocks: found.blockKind,
    kvCache: found.inputs.past.length > 0,
    dynamicallyQuantized: found.dynamicallyQuantized,
    sites: [...found.sites.values()].map(({ name, value, elementType }) => {
      const width = neurons.get(name);
      return {
        name,
        tensor: value,
        type: elementType,
        ...(width === undefined ? {} : { neurons: width }),
      };
    }),
  };
}

export interface ActivationsParams {
  readonly model: ModelChoice;
  readonly site: string;
  readonly text: string;
}

/**
 * Activations x [T, D] of a text at a site, one row per token; the BOS that models with one get in front has no row.
 * @param onProgress receives the number of tokens done
 */
export async function activationsOf(
  { model: choice, site, text }: ActivationsParams,
  chooser: ProviderChooser,
  onProgress: (tokens: number) => void,
): Promise<Tensor> {
  const opened = await openModel(choice.model, choice.variant);
  const { model } = await placeModel(opened, chooser, requestOf(choice));
  const reader = await SiteReader.open(model, site, model.execution);
  try {
    const { bosId } = model.tokenizer;
    const encoded = await model.tokenizer.encode(text);
    const capture = { reader, bosId, capacity: windowCapacity(model, bosId) };
    return await captureActivations(capture, { text, encoded }, onProgress);
  } finally {
    reader.dispose();
  }
}

/** The tensor called `name` in a safetensors file. @throws MonosemError `fileDamaged` when it is not there */
export async function loadTensor(file: string, name: string): Promise<Tensor> {
  const { tensors } = await readSafetensors(file);
  const stored = tensors.get(name);
  if (stored !== undefined) return readTensor(stored);
  throw new MonosemError(
    'fileDamaged',
    `${file} has no tensor "${name}" but ${[...tensors.keys()].join(', ')}; write it with "monosem activations".`,
  );
}

/** Writes float32 tensors as safetensors, complete or not at all. */
export const saveTensors = writeSafetensors;
