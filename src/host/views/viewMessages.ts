// Reads what web views send. A view shows untrusted text, so nothing it says is believed before it has been checked
// field by field: a message with a wrong or missing field is refused as a whole. Those of the steering view are read in
// steerMessages.ts.
import type { FeatureRef, SaePlace } from '../../shared/engineProtocol.ts';
import { featureIndex } from '../../shared/units.ts';
import type { FeatureIndex } from '../../shared/units.ts';
import type { FromFeatureView } from '../../shared/webviewProtocol.ts';

/** Longer than the path of any folder. */
const longestPlace = 32_768;

export type Fields = Readonly<Record<string, unknown>>;

export function readFeatureViewMessage(message: unknown): FromFeatureView | undefined {
  const fields = fieldsOf(message);
  switch (fields?.['kind']) {
    case 'ready':
      return { kind: 'ready' };
    case 'openFeature':
      return readOpenFeature(fields);
    case 'steerFeature': {
      const ref = readFeatureRef(fields);
      return ref && { kind: 'steerFeature', ...ref };
    }
    default:
      return undefined;
  }
}

function readOpenFeature(fields: Fields): FromFeatureView | undefined {
  const feature = readFeature(fields['feature']);
  if (feature === undefined) return undefined;
  if (fields['sae'] === undefined) return { kind: 'openFeature', feature };
  const sae = readSae(fields['sae']);
  return sae === undefined ? undefined : { kind: 'openFeature', sae, feature };
}

/** A feature with its SAE; whether that SAE is active is for others to say. */
export function readFeatureRef(value: unknown): FeatureRef | undefined {
  const fields = fieldsOf(value);
  const feature = readFeature(fields?.['feature']);
  const sae = readSae(fields?.['sae']);
  return feature === undefined || sae === undefined ? undefined : { sae, feature };
}

function readSae(value: unknown): SaePlace | undefined {
  return typeof value === 'string' && value !== '' && value.length <= longestPlace
    ? value
    : undefined;
}

/** A feature id from a view, a link or another extension. */
export function readFeature(value: unknown): FeatureIndex | undefined {
  const isIndex =
    typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31;
  return isIndex ? featureIndex(value) : undefined;
}

/** The properties of an object that came from outside. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}
