import { CliError, UsageError } from './cli-error.ts';
import type { Command, CommandEntry, CommandSection } from './command.ts';
import { HelpRequested, parseFlags } from './flags/parse-flags.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';
import type { Io } from './io.ts';
import { printError } from './print-error.ts';
import { newSession } from './session.ts';

interface Found {
  readonly command: Command;
  readonly entry: CommandEntry;
  readonly path: string;
  /** The command line without the words that named the command. */
  readonly argv: string[];
}

const takesValue = new Set(
  GLOBAL_FLAGS.filter((flag) => flag.optionalValue === undefined).flatMap((flag) => [
    `--${flag.name}`,
    ...(flag.short ? [`-${flag.short}`] : []),
  ]),
);

/** commandWordAt finds the first word that is neither a global flag nor a flag's value. */
function commandWordAt(argv: readonly string[]): number {
  for (let at = 0; at < argv.length; at += 1) {
    const token = argv[at] ?? '';
    if (token === '--') return -1;
    if (!token.startsWith('-')) return at;
    if (takesValue.has(token)) at += 1;
  }
  return -1;
}

function entryOf(entries: readonly CommandEntry[], name: string): CommandEntry | undefined {
  return entries.find((one) => one.name === name || one.aliases?.includes(name));
}

async function find(entry: CommandEntry, argv: readonly string[], path: string): Promise<Found> {
  const command = await entry.load();
  const at = command.subcommands ? commandWordAt(argv) : -1;
  const child = at < 0 ? undefined : entryOf(command.subcommands ?? [], argv[at] ?? '');
  if (!child) return { command, entry, path, argv: [...argv] };
  return find(child, argv.toSpliced(at, 1), `${path} ${child.name}`);
}

async function help(found: Found, io: Io, write = io.out): Promise<number> {
  const { commandHelp } = await import('./help.ts');
  const { command, path } = found;
  write(commandHelp({ command, short: found.entry.short, path, program: io.program }));
  return 0;
}

async function invoke(found: Found, io: Io): Promise<number> {
  const { command, path: commandPath } = found;
  const parsed = command.rawArguments
    ? parseFlags(['--', ...found.argv], GLOBAL_FLAGS)
    : parseFlags(found.argv, [...(command.flags ?? []), ...GLOBAL_FLAGS], command);
  if (!command.run) {
    const [unknown] = parsed.args;
    if (unknown === undefined) {
      await help(found, io, io.err);
      return 1;
    }
    throw new UsageError(`unknown command ${JSON.stringify(unknown)}`);
  }
  const session = newSession(parsed.flags, io);
  if (!command.offline) await session.open();
  const result = await command.run({ io, commandPath, session, ...parsed });
  return typeof result === 'number' ? result : 0;
}

async function rootHelp(io: Io, sections: readonly CommandSection[]): Promise<number> {
  const help = await import('./help.ts');
  io.out(help.rootHelp(io.program, sections));
  return 0;
}

async function unknownCommand(
  name: string,
  program: string,
  sections: readonly CommandSection[],
): Promise<CliError> {
  const { suggestionsFor } = await import('./suggestions.ts');
  const commands = sections.flatMap((section) => section.commands).filter((one) => !one.hidden);
  const alike = suggestionsFor(
    name,
    commands.map((one) => one.name),
  );
  const hint = alike.length > 0 ? `\n\nDid you mean this?\n\t${alike.join('\n\t')}` : '';
  return new CliError(`unknown command "${name}" for "${program}"${hint}`);
}

/**
 * runCli runs one command line (without the program's name) and answers its exit code. Errors are
 * printed as `oc` prints them.
 */
export async function runCli(
  argv: readonly string[],
  io: Io,
  sections: readonly CommandSection[],
): Promise<number> {
  if (argv[0] === 'help') return runCli([...argv.slice(1), '--help'], io, sections);
  const at = commandWordAt(argv);
  const name = at < 0 ? undefined : argv[at];
  let path = io.program;
  try {
    if (name === undefined) {
      if (argv.some((token) => token !== '-h' && token !== '--help'))
        parseFlags(argv, GLOBAL_FLAGS);
      return await rootHelp(io, sections);
    }
    const entry = entryOf(
      sections.flatMap((section) => section.commands),
      name,
    );
    if (!entry) throw await unknownCommand(name, io.program, sections);
    path = `${io.program} ${entry.name}`;
    const found = await find(entry, argv.toSpliced(at, 1), path);
    path = found.path;
    try {
      return await invoke(found, io);
    } catch (error) {
      if (error instanceof HelpRequested) return await help(found, io);
      throw error;
    }
  } catch (error) {
    if (error instanceof HelpRequested) return rootHelp(io, sections);
    return printError(error, io, path);
  }
}
