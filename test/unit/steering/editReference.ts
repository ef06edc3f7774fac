// Edits in float64, one after the other, straight from what protocol/edits.ts says of them. Shares nothing with the
// graphs but the words.
import type { SaelensTensors } from '../../../src/engine/sae/formats/saelens.ts';
import type { SaelensArchitecture } from '../../../src/engine/sae/formats/saelensConfig.ts';
import type { FeatureEdit, FeatureRef, SteerEdit } from '../../../src/shared/engineProtocol.ts';
import { referenceForward, type Rows, type SiteEdit } from '../../fixtures/decoders/reference.ts';
import type { WrittenDecoder } from '../../fixtures/decoders.ts';
import { encodeReference } from './reference.ts';

export interface ReferenceSae {
  readonly place: string;
  readonly site: string;
  readonly activation: SaelensArchitecture;
  readonly tensors: SaelensTensors;
}

export interface ReferenceText {
  readonly decoder: WrittenDecoder;
  readonly ids: readonly number[];
  readonly promptLength: number;
  readonly specialIds: ReadonlySet<number>;
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] ?? NaN), 0);
const plus = (a: readonly number[], factor: number, b: readonly number[]): number[] =>
  a.map((x, i) => x + factor * (b[i] ?? NaN));
const unit = (v: readonly number[]): number[] => v.map((x) => x / Math.sqrt(dot(v, v)));

function decoderRow({ tensors }: ReferenceSae, feature: number): number[] {
  const D = tensors.b_dec.data.length;
  return [...tensors.W_dec.data.subarray(feature * D, (feature + 1) * D)];
}

function reconstruct(sae: ReferenceSae, f: readonly number[]): number[] {
  let x = [...sae.tensors.b_dec.data];
  for (const [feature, value] of f.entries()) {
    if (value !== 0) x = plus(x, value, decoderRow(sae, feature));
  }
  return x;
}

function touches({ positions = {} }: SteerEdit, text: ReferenceText, t: number): boolean {
  const { scope = 'all', ranges, skipSpecial } = positions;
  const excluded = { all: false, prompt: t >= text.promptLength, generated: t < text.promptLength };
  if (excluded[scope]) return false;
  if (skipSpecial === true && text.specialIds.has(text.ids[t] ?? -1)) return false;
  return ranges?.some(({ from, to = text.ids.length }) => t >= from && t < to) ?? true;
}

function along(y: readonly number[], v: readonly number[], edit: SteerEdit): number[] {
  if (edit.operation !== 'add' && edit.operation !== 'project' && edit.operation !== 'cap')
    return [...y];
  if (edit.operation === 'add') {
    return 'unit' in edit && edit.unit === 'residual'
      ? plus(y, edit.amount * Math.sqrt(dot(y, y)), unit(v))
      : plus(y, edit.amount, v);
  }
  const component = dot(y, unit(v));
  const wanted =
    edit.operation === 'project' ? edit.amount * component : Math.min(component, edit.amount);
  return plus(y, wanted - component, unit(v));
}

const isAlong = (edit: FeatureEdit): boolean =>
  edit.operation === 'project' ||
  edit.operation === 'cap' ||
  (edit.operation === 'add' && edit.unit === 'residual');

function activationAfter(f: number, edit: FeatureEdit): number {
  switch (edit.operation) {
    case 'ablate':
      return 0;
    case 'scale':
      return f * edit.amount;
    case 'clamp':
      return edit.amount;
    case 'add':
      return f + edit.amount;
    default:
      return f;
  }
}

/** Logits [T, V] of a text under edits. */
export function editedReference(
  edits: readonly SteerEdit[],
  saes: readonly ReferenceSae[],
  text: ReferenceText,
): Rows {
  /** By SAE: [T, F] before its own edits. */
  const read = new Map<string, number[][]>();
  const isActive = ({ sae, feature }: FeatureRef, t: number): boolean =>
    (read.get(sae)?.[t]?.[feature] ?? NaN) > 0;
  const applies = (edit: SteerEdit, t: number): boolean =>
    touches(edit, text, t) &&
    (edit.onlyWhile === undefined || isActive(edit.onlyWhile, t)) &&
    (!('onlyActive' in edit && edit.onlyActive) || isActive(edit, t));

  const featuresOf = (sae: ReferenceSae, y: readonly number[], t: number): number[] => {
    const f = encodeReference(sae.tensors, sae.activation, y);
    read.set(sae.place, [...(read.get(sae.place) ?? []), f]);
    const own = edits.filter(
      (edit): edit is FeatureEdit => 'feature' in edit && edit.sae === sae.place,
    );
    let moved = own.some((edit) => edit.dropsError === true && applies(edit, t))
      ? reconstruct(sae, f)
      : [...y];
    for (const feature of new Set(own.map((edit) => edit.feature))) {
      const before = f[feature] ?? NaN;
      let after = before;
      for (const edit of own) {
        if (edit.feature === feature && !isAlong(edit) && applies(edit, t))
          after = activationAfter(after, edit);
      }
      moved = plus(moved, after - before, decoderRow(sae, feature));
    }
    return moved;
  };

  const siteEdit =
    (site: string): SiteEdit =>
    (rows) =>
      rows.map((x, t) => {
        let y = [...x];
        for (const sae of saes) if (sae.site === site) y = featuresOf(sae, y, t);
        for (const edit of edits) {
          if (!applies(edit, t)) continue;
          if (!('feature' in edit)) {
            if (edit.site === site) y = along(y, [...edit.direction], edit);
            continue;
          }
          const sae = saes.find(({ place }) => place === edit.sae);
          if (sae?.site === site && isAlong(edit))
            y = along(y, decoderRow(sae, edit.feature), edit);
        }
        return y;
      });
  const sites = new Set([
    ...saes.map(({ site }) => site),
    ...edits.flatMap((edit) => ('feature' in edit ? [] : [edit.site])),
  ]);
  const siteEdits = Object.fromEntries([...sites].map((site) => [site, siteEdit(site)]));
  return referenceForward(text.decoder, [...text.ids], siteEdits).logits;
}
