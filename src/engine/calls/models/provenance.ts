// What results of an open source come from: its files by their content, and the versions of what computes.
import path from 'node:path';
import process from 'node:process';
import {
  protocolVersion,
  type HashedFile,
  type Provenance,
  type SaeIdentity,
} from '../../../shared/engineProtocol.ts';
import { version } from '../../../shared/version.ts';
import type { FileHashes } from '../../files/fileHashes.ts';
import { exists, fileSize } from '../../files/files.ts';
import type { OpenModel } from '../../model/openModel.ts';
import { externalDataFiles } from '../../onnx/externalData/dataFiles.ts';
import { runtimeVersion } from '../../onnx/runtime/session.ts';
import { isNeurons } from '../../sae/sae.ts';
import type { OpenSource } from '../../sources/openSource.ts';

/** Beside the graph and its weights. */
const otherFiles = ['config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** In the order of the source. */
export async function identifySaes(
  { saes }: OpenSource,
  hashes: FileHashes,
): Promise<readonly SaeIdentity[]> {
  const identities: SaeIdentity[] = [];
  for (const { place, sae } of saes) {
    const { name, site, weightsFile } = sae;
    const isFile = !isNeurons(sae);
    identities.push({
      sae: place,
      name,
      site,
      ...(isFile && { sha256: await hashes.of(weightsFile, 'The SAE') }),
    });
  }
  return identities;
}

export async function provenanceOf(open: OpenSource, hashes: FileHashes): Promise<Provenance> {
  const { model, placement } = open;
  const { name, folder, onnxFile } = model;
  return {
    monosem: version,
    protocol: protocolVersion,
    model: {
      name,
      folder,
      variant: portable(path.relative(folder, onnxFile)),
      files: await hashModel(model, hashes),
    },
    saes: await identifySaes(open, hashes),
    environment: {
      onnxruntime: runtimeVersion(),
      node: process.versions.node,
      platform: process.platform,
      architecture: process.arch,
      provider: placement.provider,
      providerReason: placement.reason,
    },
  };
}

async function hashModel(
  { folder, onnxFile }: OpenModel,
  hashes: FileHashes,
): Promise<HashedFile[]> {
  const weights = [...(await externalDataFiles(onnxFile))].map((location) =>
    path.resolve(path.dirname(onnxFile), location),
  );
  const hashed: HashedFile[] = [];
  for (const file of [onnxFile, ...weights, ...otherFiles.map((each) => path.join(folder, each))]) {
    if (!(await exists(file))) continue;
    const relative = path.relative(folder, file);
    const isOutside = relative.startsWith('..') || path.isAbsolute(relative);
    hashed.push({
      path: portable(isOutside ? file : relative),
      bytes: await fileSize(file, 'The model'),
      sha256: await hashes.of(file, 'The model'),
    });
  }
  return hashed;
}

function portable(file: string): string {
  return file.split(path.sep).join('/');
}
