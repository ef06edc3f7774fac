// A model ready to be instrumented: its folder, its parsed graph, and where its residual stream is. Holds no session;
// sessions are made per purpose from overlays over this.
import { readOnnx } from '../onnx/proto/protobuf.ts';
import { discoverSites, type Sites } from '../onnx/sites/sites.ts';
import type { OnnxModel } from '../onnx/proto/model.ts';
import { openBundle, type Bundle } from './bundle.ts';

export interface OpenModel extends Bundle {
  readonly onnx: OnnxModel;
  readonly sites: Sites;
}

/** @throws MonosemError when the folder, the file or the graph is not what it has to be */
export async function openModel(folder: string, variant?: string): Promise<OpenModel> {
  const bundle = await openBundle(folder, variant);
  const onnx = await readOnnx(bundle.onnxFile);
  return { ...bundle, onnx, sites: discoverSites(onnx, bundle.config.layers) };
}
