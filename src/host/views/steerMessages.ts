// Reads what the steering view sends; see viewMessages.ts.
import type { GeneratedPair, GeneratedText } from '../../shared/engineProtocol.ts';
import { tokenId } from '../../shared/units.ts';
import type {
  FromSteerView,
  LikelihoodRequest,
  SteeredTexts,
  SteerRequest,
} from '../../shared/webviewProtocol.ts';
import { type Named, isWhole, oneOf, readList } from './readValues.ts';
import { readSite } from './steerDirections.ts';
import { readEdits } from './steerEdits.ts';
import { mostSamples, readSteerSettings } from './steerSettings.ts';
import { type Fields, fieldsOf, readFeatureRef } from './viewMessages.ts';

/** Nothing a person edits by hand is longer; a view that sends more is broken. */
const longestText = 1_000_000;
/** Tokens of a text that is continued; far more than any context holds. */
const mostContinued = 1_000_000;
/** All of them run in one batch. */
const mostAmounts = 64;

type Kind = FromSteerView['kind'];

type Reader<K extends Kind> = (
  fields: Fields,
) => Omit<Extract<FromSteerView, { readonly kind: K }>, 'kind'> | undefined;

const readers: { readonly [K in Kind]: Reader<K> } = {
  ready: () => ({}),
  stop: () => ({}),
  stopSweep: () => ({}),
  sweep: readSweep,
  measureLikelihood: readMeasurement,
  stopLikelihood: () => ({}),
  run: readRun,
  findFeature: () => ({}),
  addFeature: readFeatureRef,
  openFeature: readFeatureRef,
  makeDirection: readMakeDirection,
  takeSelection: readTakeSelection,
  openDirectionFile: readOpenDirectionFile,
  setLive: readLive,
  insert: readText,
  replace: readText,
  compare: readTexts,
  diff: readTexts,
};

export function readSteerViewMessage(message: unknown): FromSteerView | undefined {
  const fields = fieldsOf(message);
  const kind = oneOf(Object.keys(readers) as Kind[], fields?.['kind']);
  if (fields === undefined || kind === undefined) return undefined;
  const content = readers[kind](fields);
  // The reader of a kind gives what belongs to it.
  return content && ({ kind, ...content } as FromSteerView);
}

function readLive({ isLive }: Named<'isLive'>): { readonly isLive: boolean } | undefined {
  return typeof isLive === 'boolean' ? { isLive } : undefined;
}

function readMakeDirection(
  fields: Named<'site' | 'more' | 'less'>,
): ReturnType<Reader<'makeDirection'>> {
  const { more, less } = fields;
  const site = readSite(fields);
  return site !== undefined && isText(more) && isText(less) ? { site, more, less } : undefined;
}

function readTakeSelection(fields: Named<'as'>): ReturnType<Reader<'takeSelection'>> {
  const as = oneOf(['more', 'less'], fields.as);
  return as && { as };
}

function readOpenDirectionFile(fields: Named<'site'>): ReturnType<Reader<'openDirectionFile'>> {
  const site = readSite(fields);
  return site === undefined ? undefined : { site };
}

function readText({ text }: Named<'text'>): { readonly text: string } | undefined {
  return isText(text) ? { text } : undefined;
}

function readTexts(fields: Named<keyof SteeredTexts>): SteeredTexts | undefined {
  const { prompt, baseline, steered } = fields;
  if (!isText(prompt) || !isText(baseline) || !isText(steered)) return undefined;
  return { prompt, baseline, steered };
}

function readRun(
  fields: Named<'run' | 'continuing' | keyof SteerRequest>,
): ReturnType<Reader<'run'>> {
  const request = readRequest(fields);
  const { run, continuing } = fields;
  const pairs = readList(continuing ?? [], mostSamples, readPair);
  if (request === undefined || pairs === undefined || !isWhole(run)) return undefined;
  return { run, ...request, ...(pairs.length > 0 && { continuing: pairs }) };
}

function readSweep(
  fields: Named<'sweep' | 'swept' | 'amounts' | keyof SteerRequest>,
): ReturnType<Reader<'sweep'>> {
  const request = readRequest(fields);
  const { sweep, swept } = fields;
  const amounts = readList(fields.amounts, mostAmounts, (amount) =>
    typeof amount === 'number' && Number.isFinite(amount) ? amount : undefined,
  );
  if (request === undefined || amounts === undefined || amounts.length === 0) return undefined;
  const isOne = isWhole(swept) && swept >= 0 && swept < request.edits.length;
  return isOne && isWhole(sweep) ? { sweep, swept, amounts, ...request } : undefined;
}

function readMeasurement(
  fields: Named<'measurement' | keyof LikelihoodRequest>,
): ReturnType<Reader<'measureLikelihood'>> {
  const { measurement, prompt, continuation, chat } = fields;
  const edits = readEdits(fields.edits);
  const hasTexts = isText(prompt) && isText(continuation) && continuation !== '';
  if (!isWhole(measurement) || !hasTexts || edits === undefined) return undefined;
  if (chat !== undefined && typeof chat !== 'boolean') return undefined;
  return { measurement, prompt, continuation, edits, ...(chat !== undefined && { chat }) };
}

function readRequest(fields: Named<keyof SteerRequest>): SteerRequest | undefined {
  const { prompt } = fields;
  const settings = readSteerSettings(fields.settings);
  const edits = readEdits(fields.edits);
  if (!isText(prompt) || settings === undefined || edits === undefined) return undefined;
  return { prompt, edits, settings };
}

function readPair(value: unknown): GeneratedPair | undefined {
  const { baseline, steered }: Named<keyof GeneratedPair> = fieldsOf(value) ?? {};
  const [first, second] = [readGenerated(baseline), readGenerated(steered)];
  return first && second && { baseline: first, steered: second };
}

function readGenerated(value: unknown): GeneratedText | undefined {
  const fields: Named<keyof GeneratedText> = fieldsOf(value) ?? {};
  const end = oneOf(['length', 'endOfText', 'stop'], fields.end);
  const tokens = readList(fields.tokens, mostContinued, (id) =>
    isWhole(id) && id >= 0 && id < 2 ** 31 ? tokenId(id) : undefined,
  );
  return tokens && end && { tokens, end };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= longestText;
}
