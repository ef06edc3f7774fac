// Command-line arguments: node's own parser, plus the conversions and the defaults every command shares. A wrong
// argument is a MonosemError that names the option and what it takes.
import path from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import {
  providerSettings,
  type FeatureRef,
  type ModelChoice,
  type SaePlace,
  type Source,
} from '../shared/engineProtocol.ts';
import { defaultModelFolder, defaultSaeFolder } from '../shared/defaults.ts';
import { MonosemError, messageOf } from '../shared/errors.ts';
import { siteOfNeurons } from '../shared/saePlace.ts';
import { featureIndex } from '../shared/units.ts';

export type OptionTable = NonNullable<ParseArgsConfig['options']>;

/** Options of every command that needs a model. */
export const modelOptions = {
  model: { type: 'string' },
  variant: { type: 'string' },
  provider: { type: 'string' },
  device: { type: 'string' },
} as const;

/** Options of every command that needs a model and SAEs. */
export const sourceOptions = { ...modelOptions, sae: { type: 'string', multiple: true } } as const;

export const jsonOption = { json: { type: 'boolean' } } as const;

export interface Arguments {
  readonly positionals: readonly string[];
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  number(name: string, fallback: number, allowed: NumberRange): number;
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** @throws MonosemError `badArgument` */
export function readArguments(args: readonly string[], options: OptionTable): Arguments {
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: joined(args, options),
      options,
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new MonosemError('badArgument', `${problemOf(error)}; see "monosem help".`, {
      cause: error,
    });
  }
  const { values, positionals } = parsed;
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    positionals,
    text,
    texts: (name) => {
      const value = values[name];
      return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    },
    flag: (name) => values[name] === true,
    number: (name, fallback, allowed) => {
      const given = text(name);
      return given === undefined ? fallback : readNumber(`--${name}`, given, allowed);
    },
  };
}

/** The parser's sentence may go on with advice for its own callers; the first one names the option, the last line a way out. */
function problemOf(error: unknown): string {
  const lines = messageOf(error).split('\n');
  const [first = ''] = lines.length > 1 ? lines.slice(-1) : messageOf(error).split('. ');
  return first.replace(/\.$/, '');
}

/** `--amounts -5` as `--amounts=-5`: the parser takes what begins with a dash for an option, and no option is a number. */
function joined(args: readonly string[], options: OptionTable): string[] {
  const words: string[] = [];
  for (const word of args) {
    const before = words.at(-1) ?? '';
    const takesText = before.startsWith('--') && options[before.slice(2)]?.type === 'string';
    if (takesText && /^-[\d.]/.test(word)) words[words.length - 1] = `${before}=${word}`;
    else words.push(word);
  }
  return words;
}

/** @throws MonosemError `badArgument` */
export function readNumber(name: string, text: string, { min, max, whole }: NumberRange): number {
  const value = Number(text);
  const fits = text.trim() !== '' && value >= min && value <= max;
  if (fits && (whole !== true || Number.isInteger(value))) return value;
  const kind = whole === true ? 'a whole number' : 'a number';
  const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`;
  throw new MonosemError('badArgument', `${name} takes ${kind} ${range}, not "${text}".`);
}

/** The one positional argument a command needs. @throws MonosemError `badArgument` */
export function onlyPositional(args: Arguments, what: string): string {
  const [value] = args.positionals;
  if (value === undefined) {
    throw new MonosemError('badArgument', `${what} is missing; see "monosem help".`);
  }
  return value;
}

/** @throws MonosemError `badArgument` */
export function required(args: Arguments, name: string): string {
  const value = args.text(name);
  if (value === undefined) {
    throw new MonosemError('badArgument', `--${name} is missing; see "monosem help".`);
  }
  return value;
}

/**
 * The model folder meant by --model; the embedded one by default.
 * @param root folder of this package, where the embedded model is
 */
export function modelOf(args: Arguments, root: string): string {
  return path.resolve(args.text('model') ?? path.resolve(root, defaultModelFolder));
}

/**
 * The model meant by --model and --variant, and where --provider and --device want it to run.
 * @throws MonosemError `badArgument`
 */
export function choiceOf(args: Arguments, root: string): ModelChoice {
  const named = args.text('provider');
  const provider = providerSettings.find((known) => known === named);
  if (named !== undefined && provider === undefined) {
    throw new MonosemError(
      'badArgument',
      `--provider takes ${providerSettings.join(', ')}, not "${named}".`,
    );
  }
  const device = args.text('device');
  const variant = args.text('variant');
  return {
    model: modelOf(args, root),
    ...(variant === undefined ? {} : { variant }),
    ...(provider === undefined ? {} : { provider }),
    ...(device === undefined
      ? {}
      : { deviceId: readNumber('--device', device, { min: 0, max: 255, whole: true }) }),
  };
}

/** The folder or file of an SAE from the current folder on; neurons as they are. */
export function saePlaceOf(text: string): SaePlace {
  return siteOfNeurons(text) === undefined ? path.resolve(text) : text;
}

/**
 * The model and SAEs meant by --model and --sae. A model given without an SAE uses the embedded SAE only if the model
 * is the embedded one.
 * @throws MonosemError `badArgument`
 */
export function sourceOf(args: Arguments, root: string): Source {
  const choice = choiceOf(args, root);
  const { model } = choice;
  const saes = args.texts('sae').map(saePlaceOf);
  if (saes.length > 0) return { ...choice, saes };
  if (model !== path.resolve(root, defaultModelFolder)) {
    throw new MonosemError(
      'badArgument',
      `--sae is missing: the embedded SAE belongs to the embedded model, not to ${model}; name an SAE folder made for it, or neurons:SITE for its own neurons.`,
    );
  }
  return { ...choice, saes: [path.resolve(root, defaultSaeFolder)] };
}

const featurePattern = /^(?:(\d+)\/)?(\d+)$/;

/**
 * Reads a feature as the command line writes it: `123`, or `2/123` for one of the second SAE.
 * @param name what the text is the value of
 * @throws MonosemError `badArgument`
 */
export function featureOf(text: string, { saes }: Source, name = 'ID'): FeatureRef {
  const [, position = '1', id] = featurePattern.exec(text) ?? [];
  const sae = saes[Number(position) - 1];
  if (id !== undefined && sae !== undefined) return { sae, feature: featureIndex(Number(id)) };
  throw new MonosemError(
    'badArgument',
    `${name} takes a whole number of at least 0, with N/ in front for the N-th of several SAEs, not "${text}".`,
  );
}
