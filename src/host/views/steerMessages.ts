// Reads what the steering view sends; see viewMessages.ts.
import type { FromSteerView } from '../../shared/webviewProtocol.ts';
import { readEdits, readSteerSettings } from './steerEdits.ts';
import { type Fields, fieldsOf, readFeatureRef } from './viewMessages.ts';

/** Nothing a person edits by hand is longer; a view that sends more is broken. */
const longestText = 1_000_000;

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

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestText;
}
