// Plans of edits for a model that is nothing but the names of its places, and for SAEs without files. Feature n writes n
// into entry n, and feature 0 nothing.
import type { OnnxTensors } from '../../../src/engine/onnx/runtime/session.ts';
import type { Sae } from '../../../src/engine/sae/sae.ts';
import { planEdits } from '../../../src/engine/steering/planEdits.ts';
import type { EditPlan } from '../../../src/engine/steering/editPlan.ts';
import type { SequenceFacts } from '../../../src/engine/steering/positions.ts';
import type { FeatureRef, SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { featureIndex } from '../../../src/shared/units.ts';

/** Of the model's stream. */
export const width = 4;

/** In the order in which the model computes them. */
export const sites = new Map([
  ['blocks.0.hook_resid_post', {}],
  ['blocks.1.mlp.hook_post', { width: 8 }],
  ['blocks.1.hook_resid_post', {}],
]);

const toySae = (site: string): Sae => ({
  ...{ name: 'toy', folder: '/toy', weightsFile: '/toy/none', format: 'none', architecture: 'toy' },
  ...{ site, outputSite: site, D: width, DOut: width, F: width },
  activation: { kind: 'identity' },
  W_enc: { identity: width },
  W_dec: { identity: width },
  decoderScale: { dims: [width], data: Float32Array.from({ length: width }, (_, n) => n) },
  b_dec: { dims: [1], data: new Float32Array(1) },
  applyBDecToInput: false,
  inputNormalisation: { kind: 'none' },
  ...{ centre: false, rescaleByDecoderNorm: false, prependBos: true },
});

/** Two of them at one site; not in the order in which the model reaches their sites. */
const places = {
  late: 'blocks.1.hook_resid_post',
  early: 'blocks.0.hook_resid_post',
  latest: 'blocks.1.hook_resid_post',
} as const;

const placed = Object.entries(places).map(([place, site]) => ({ place, sae: toySae(site) }));

export const saes = placed.map(({ sae }) => sae);

export function ref(sae: keyof typeof places, feature: number): FeatureRef {
  return { sae, feature: featureIndex(feature) };
}

/** @param rows the edits of each row */
export function toyPlan(
  rows: readonly (readonly SteerEdit[])[],
  facts: SequenceFacts = { promptLength: Infinity, specialIds: new Set() },
): EditPlan {
  return planEdits(rows, { saes: placed, sites: { sites }, streamWidth: width, ...facts });
}

/** Shape and numbers of an input that a plan is fed with. */
export function input(feeds: OnnxTensors, name: string): [dims: readonly number[], data: number[]] {
  const { dims = [], data = [] } = feeds[name] ?? {};
  return [dims, Array.from(data, Number)];
}
