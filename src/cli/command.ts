// What a command is: how it is called, what it takes, what it does. Commands compute through the engine's façade and
// return what to print; they write nothing to the terminal themselves.
import type { Engine } from '../engine/engine.ts';
import type { Arguments, OptionTable } from './options.ts';

export interface CommandContext {
  readonly engine: Engine;
  readonly args: Arguments;
  /** Folder of this package. */
  readonly root: string;
  /** One line on stderr that the next one replaces. */
  readonly status: (text: string) => void;
}

/** The same result twice: for programs (`--json`) and for people. */
export interface Output {
  readonly json: unknown;
  readonly text: string;
  /** The answer is no, which {@link Command.negative} describes: exit code 1. */
  readonly isNegative?: true;
}

export interface Command {
  /** The words that are no options, as the usage calls them; without it the command takes options alone. */
  readonly argument?: string;
  /** The line in the help, from the command's name on, without options that commands share. */
  readonly usage: string;
  readonly summary: string;
  /** Lines about what the usage names, for the help of this command alone. */
  readonly notes?: readonly string[];
  readonly options: OptionTable;
  /** When the exit code is 1 although there is a result, in words that follow "or". */
  readonly negative?: string;
  readonly run: (context: CommandContext) => Promise<Output>;
}
