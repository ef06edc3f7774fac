// The `monosem` command: the engine without an editor. Results go to stdout, progress and errors to stderr; a failure
// is one sentence and an exit code: 2 for a wrong call, 1 for everything else, also for a result that is a no.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Engine } from '../engine/engine.ts';
import { MonosemError, messageOf, type ErrorCode } from '../shared/errors.ts';
import { version } from '../shared/version.ts';
import { ablate } from './commands/ablate.ts';
import { ablationMap } from './commands/ablationMap.ts';
import { activations } from './commands/activations.ts';
import { add } from './commands/add.ts';
import { compare } from './commands/compare.ts';
import { diagnose } from './commands/diagnose.ts';
import { effects } from './commands/effects.ts';
import { direction } from './commands/direction.ts';
import { encode } from './commands/encode.ts';
import { feature } from './commands/feature.ts';
import { index } from './commands/index.ts';
import { inspect } from './commands/inspect.ts';
import { sae } from './commands/sae.ts';
import { likelihood } from './commands/likelihood.ts';
import { list } from './commands/list.ts';
import { remove } from './commands/remove.ts';
import { sites } from './commands/sites.ts';
import { steer } from './commands/steer.ts';
import { sweep } from './commands/sweep.ts';
import { token } from './commands/token.ts';
import type { Command } from './command.ts';
import { details, overview } from './help.ts';
import { jsonOption, readArguments, type Arguments } from './options.ts';

const commands: Readonly<Record<string, Command>> = {
  inspect,
  token,
  effects,
  ablate,
  'ablation-map': ablationMap,
  compare,
  steer,
  likelihood,
  sweep,
  feature,
  sites,
  activations,
  encode,
  direction,
  index,
  sae,
  diagnose,
  add,
  list,
  remove,
};

function findCommand(name: string): Command {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command;
  const known = Object.keys(commands).join(', ');
  throw new MonosemError(
    'badArgument',
    `"${name}" is not a command; the commands are ${known} and help.`,
  );
}

/** Overwrites one line of a terminal; silent where stderr is a file or a pipe. */
function status(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

/** Folder of this package, whether this file runs from its source or from a bundle. */
function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}

const helpNames: ReadonlySet<string> = new Set(['help', '--help', '-h']);

/** What is answered without an engine: help, of all commands or one, and the version. */
function information(name: string, rest: readonly string[]): string | undefined {
  if (name === '--version') return version;
  const isHelp = helpNames.has(name);
  if (!isHelp && !rest.some((word) => word === '--help' || word === '-h')) return undefined;
  const about = isHelp ? rest[0] : name;
  return about === undefined ? overview(Object.values(commands)) : details(findCommand(about));
}

/** @throws MonosemError `badArgument`: a text without quotes, or an option without its dashes */
function refuseSurplus(name: string, { argument }: Command, { positionals }: Arguments): void {
  const surplus = positionals[argument?.split(' ').length ?? 0];
  if (surplus === undefined) return;
  const one = argument?.includes(' ') === true ? '' : 'one ';
  const wanted = argument === undefined ? 'options alone' : `${one}${argument}`;
  throw new MonosemError(
    'badArgument',
    `"${surplus}" is one word too many: ${name} takes ${wanted}; put a text of several words in quotes, and see "monosem help ${name}".`,
  );
}

async function run(argv: readonly string[]): Promise<void> {
  const [name = 'help', ...rest] = argv;
  const told = information(name, rest);
  if (told !== undefined) {
    process.stdout.write(`${told}\n`);
    return;
  }
  const command = findCommand(name);
  const args = readArguments(rest, { ...command.options, ...jsonOption });
  refuseSurplus(name, command, args);
  const engine = Engine.create();
  try {
    const output = await command.run({ engine, args, root: packageRoot(), status });
    status('');
    const text = args.flag('json') ? JSON.stringify(output.json, undefined, 1) : output.text;
    process.stdout.write(`${text}\n`);
    if (output.isNegative === true) process.exitCode = 1;
  } finally {
    await engine.dispose();
  }
}

/** What the words of the call are to blame for, whatever the files say. */
const wrongCall: ReadonlySet<string> = new Set<ErrorCode>(['badArgument', 'badEdit']);

try {
  await run(process.argv.slice(2));
} catch (error) {
  status('');
  process.stderr.write(`monosem: ${messageOf(error)}\n`);
  process.exitCode = error instanceof MonosemError && wrongCall.has(error.code) ? 2 : 1;
}
