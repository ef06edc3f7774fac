// What `monosem help` and `monosem help COMMAND` print. Options that several commands share are explained once, and
// listed for each command that takes them.
import { providerSettings } from '../shared/engineProtocol.ts';
import type { Command } from './command.ts';

/** Columns of a narrow terminal. */
const width = 100;

interface SharedOption {
  readonly name: string;
  readonly value: string;
  readonly meaning: string;
}

const shared: readonly SharedOption[] = [
  { name: 'model', value: 'DIR', meaning: 'folder of the model; without it, the embedded one' },
  {
    name: 'variant',
    value: 'FILE.onnx',
    meaning: 'which .onnx of that folder, e.g. onnx/model_q4.onnx',
  },
  {
    name: 'sae',
    value: 'DIR|neurons:SITE',
    meaning: 'an SAE, or MLP neurons such as neurons:blocks.1.mlp.hook_post; may be given often',
  },
  {
    name: 'provider',
    value: providerSettings.join('|'),
    meaning: 'where the model runs; auto takes what proves right and no slower than the processor',
  },
  { name: 'device', value: 'N', meaning: 'which of several graphics cards, from 0' },
];

/** All commands. */
export function overview(commands: readonly Command[]): string {
  return [
    'monosem: look inside a language model through a sparse autoencoder (SAE).',
    '',
    ...commands.flatMap(describe),
    '',
    ...sharedOptions(
      'Commands that run a model also take:',
      shared.map(({ name }) => name),
    ),
    '',
    'Every command takes --json. "monosem help COMMAND" tells what one command takes.',
    ...exitCodes(commands),
  ].join('\n');
}

/** One command. */
export function details(command: Command): string {
  const { usage, options, notes } = command;
  const taken = shared
    .map(({ name }) => name)
    .filter((name) => Object.hasOwn(options, name) && !usage.includes(`--${name} `));
  return [
    ...describe(command),
    '',
    ...(notes === undefined ? [] : [...notes, '']),
    ...sharedOptions('It also takes:', taken),
    '  --json',
    '      the result for programs',
    ...exitCodes([command]),
  ].join('\n');
}

/** The same for all commands, but for results that are a no. */
function exitCodes(commands: readonly Command[]): string[] {
  const negatives = commands.flatMap(({ negative }) => (negative === undefined ? [] : [negative]));
  const one = ['it failed', ...negatives].join(', or ');
  return ['', 'Exit codes:', '  0  done', `  1  ${one}`, '  2  the call is wrong'];
}

function describe({ usage, summary }: Command): string[] {
  return [...wrapped(usage), `      ${summary}`];
}

function sharedOptions(title: string, names: readonly string[]): string[] {
  const listed = shared.filter(({ name }) => names.includes(name));
  return [
    title,
    ...listed.flatMap(({ name, value, meaning }) => [`  --${name} ${value}`, `      ${meaning}`]),
  ];
}

/** The usage in lines, broken between options, the later ones under the first argument. */
function wrapped(usage: string): string[] {
  const [name = '', ...words] = usage.split(/ (?=\[|--|[A-Z])(?![^[]*\])/);
  const start = `  monosem ${name}`;
  const lines = [start];
  for (const word of words) {
    const line = `${lines.at(-1) ?? ''} ${word}`;
    if (line.length <= width) lines[lines.length - 1] = line;
    else lines.push(`${' '.repeat(start.length)} ${word}`);
  }
  return lines;
}
