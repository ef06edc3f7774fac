// Reads what web views send. A view shows untrusted text, so nothing it says is believed before it has been checked
// field by field: a message with a wrong or missing field is refused as a whole.
import type { FeatureEdit, FeatureRef, SaePlace, SteerScope } from '../../shared/engineProtocol.ts';
import { featureIndex } from '../../shared/units.ts';
import type { FeatureIndex } from '../../shared/units.ts';
import type {
  FromFeatureView,
  FromSteerView,
  SteerSettings,
} from '../../shared/webviewProtocol.ts';

/** Nothing a person edits by hand is longer; a view that sends more is broken. */
const longestText = 1_000_000;
/** Longer than the path of any folder. */
const longestPlace = 32_768;
const mostEdits = 256;
const mostTokens = 4096;

type Fields = Readonly<Record<string, unknown>>;

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

export function readSteerViewMessage(message: unknown): FromSteerView | undefined {
  const fields = fieldsOf(message);
  switch (fields?.['kind']) {
    case 'ready':
    case 'stop':
      return { kind: fields['kind'] };
    case 'addFeature':
    case 'openFeature': {
      const ref = readFeatureRef(fields);
      return ref && { kind: fields['kind'], ...ref };
    }
    case 'insert':
      return isText(fields['text']) ? { kind: 'insert', text: fields['text'] } : undefined;
    case 'compare':
      return readCompare(fields);
    case 'run':
      return readRun(fields);
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

function readCompare(fields: Fields): FromSteerView | undefined {
  const { prompt, baseline, steered } = fields as Partial<Readonly<Record<string, unknown>>>;
  if (!isText(prompt) || !isText(baseline) || !isText(steered)) return undefined;
  return { kind: 'compare', prompt, baseline, steered };
}

function readRun(fields: Fields): FromSteerView | undefined {
  const { prompt } = fields as { readonly prompt?: unknown };
  const settings = readSteerSettings(fields['settings']);
  const edits = readEdits(fields['edits']);
  if (!isText(prompt) || settings === undefined || edits === undefined) return undefined;
  return { kind: 'run', prompt, edits, settings };
}

export function readEdits(value: unknown): readonly FeatureEdit[] | undefined {
  if (!Array.isArray(value) || value.length > mostEdits) return undefined;
  const edits = value.map(readEdit);
  return edits.every((edit) => edit !== undefined) ? edits : undefined;
}

function readEdit(value: unknown): FeatureEdit | undefined {
  const fields = fieldsOf(value);
  const ref = readFeatureRef(value);
  if (fields === undefined || ref === undefined) return undefined;
  switch (fields['operation']) {
    case 'ablate':
      return { ...ref, operation: 'ablate' };
    case 'scale':
    case 'clamp':
    case 'add': {
      const { amount } = fields as { readonly amount?: unknown };
      if (typeof amount !== 'number' || !Number.isFinite(amount)) return undefined;
      return { ...ref, operation: fields['operation'], amount };
    }
    default:
      return undefined;
  }
}

export function readSteerSettings(value: unknown): SteerSettings | undefined {
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const scope = readScope(fields['scope']);
  const maxTokens = readNumber(fields['maxTokens'], 1, mostTokens);
  const temperature = readNumber(fields['temperature'], 0, 100);
  const seed = readNumber(fields['seed'], 0, Number.MAX_SAFE_INTEGER);
  if (scope === undefined || maxTokens === undefined) return undefined;
  if (temperature === undefined || seed === undefined) return undefined;
  if (!Number.isInteger(maxTokens) || !Number.isInteger(seed)) return undefined;
  return { scope, maxTokens, temperature, seed };
}

function readScope(value: unknown): SteerScope | undefined {
  return value === 'all' || value === 'prompt' || value === 'generated' ? value : undefined;
}

function readNumber(value: unknown, least: number, most: number): number | undefined {
  return typeof value === 'number' && value >= least && value <= most ? value : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestText;
}

/** The properties of an object that came from outside. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined;
}
