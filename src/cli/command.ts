import type { FlagSpec } from './flags/flag-spec.ts';
import type { FlagValues } from './flags/flag-values.ts';
import type { Io } from './io.ts';
import type { Session } from './session.ts';

/** Invocation is one run of a command: its arguments, flags and surroundings. */
export interface Invocation {
  readonly io: Io;
  readonly args: readonly string[];
  /** How many arguments stood before `--`; -1 without one. */
  readonly argsBeforeDash: number;
  readonly flags: FlagValues;
  /** The command as the user would call it, such as `oc rollout latest`. */
  readonly commandPath: string;
  /** The kubeconfig, the client and the current project; nothing is read before it is asked for. */
  readonly session: Session;
}

/** CommandEntry is one line of a command table; its module is loaded when it is called. */
export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** The line in the list of commands. */
  readonly short: string;
  readonly hidden?: boolean;
  load(): Promise<Command>;
}

/** Command is one command of the CLI, or a group of commands. */
export interface Command {
  /** The usage after the path of the parent, such as `get TYPE [NAME]`; the first word is its name. */
  readonly use: string;
  readonly long?: string;
  /** Example lines, with `{program}` where the program's name goes. */
  readonly examples?: string;
  readonly flags?: readonly FlagSpec[];
  readonly subcommands?: readonly CommandEntry[];
  /** Everything after the first argument belongs to somebody else's command line. */
  readonly stopAtFirstArgument?: boolean;
  /** Runs without a server: the session is not opened before. */
  readonly offline?: boolean;
  /** Takes the command line as it is, flags included. */
  readonly rawArguments?: boolean;
  /** Answers the exit code; anything but a number means 0. Failures are thrown. */
  run?(invocation: Invocation): Promise<unknown>;
}

/** CommandSection is a titled part of the list of commands. */
export interface CommandSection {
  readonly title: string;
  readonly commands: readonly CommandEntry[];
}
