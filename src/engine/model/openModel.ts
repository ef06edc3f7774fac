// A model ready to be instrumented: its folder, its parsed graph, and where its residual stream is. Holds no session;
// sessions are made per purpose from overlays over this.
import { readDecoder, type DecoderModel } from '../onnx/decoder/readDecoder.ts';
import { discoverSites, type Sites } from '../onnx/sites/sites.ts';
import type { OnnxModel } from '../onnx/proto/model.ts';
import type { SessionOptions } from '../onnx/runtime/session.ts';
import { openBundle, type Bundle } from './bundle/bundle.ts';
import type { ModelConfig } from './bundle/config.ts';
import { untimed, type Timer } from './timer.ts';

export interface OpenModel extends Bundle {
  readonly onnx: DecoderModel;
  readonly sites: Sites;
  /** Where its sessions run; the processor until `placeModel` has chosen. */
  readonly execution: SessionOptions;
}

/** @throws MonosemError when the folder, the file or the graph is not what it has to be */
export async function openModel(
  folder: string,
  variant?: string,
  time: Timer = untimed,
): Promise<OpenModel> {
  const bundle = await time('read the folder', () => openBundle(folder, variant));
  const onnx = await time('read the graph', () => readDecoder(bundle.onnxFile));
  const sites = await time('find the sites', () => findSites(onnx, bundle.config));
  return { ...bundle, onnx, sites, execution: { provider: 'cpu' } };
}

/** The sites of a graph that has to be what the configuration says. */
export function findSites(
  onnx: OnnxModel,
  config?: Pick<ModelConfig, 'layers' | 'kvHeads' | 'headWidth'>,
): Sites {
  return discoverSites(onnx, config?.layers, { heads: config?.kvHeads, width: config?.headWidth });
}
