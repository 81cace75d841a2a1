import type { Command, CommandEntry, CommandSection } from './command.ts';
import type { FlagSpec } from './flags/flag-spec.ts';

function defaultText(flag: FlagSpec): string {
  if (flag.type === 'string') return `'${flag.default ?? ''}'`;
  if (flag.type === 'bool') return String(flag.default ?? false);
  if (flag.type === 'int') return String(flag.default ?? 0);
  if (flag.type === 'duration') return String(flag.default ?? '0s');
  return '[]';
}

/** flagHelp is the paragraph of one flag under `Options:`. */
export function flagHelp(flag: FlagSpec): string {
  const short = flag.short ? `-${flag.short}, ` : '';
  return `    ${short}--${flag.name}=${defaultText(flag)}:\n\t${flag.usage}\n`;
}

function commandList(commands: readonly CommandEntry[]): string {
  const shown = commands.filter((one) => !one.hidden);
  const width = Math.max(...shown.map((one) => one.name.length));
  return shown.map((one) => `  ${one.name.padEnd(width)}   ${one.short}\n`).join('');
}

interface HelpOf {
  readonly command: Command;
  readonly short: string;
  /** The path of the command, such as `oc rollout`. */
  readonly path: string;
  readonly program: string;
}

function optionsHelp(flags: readonly FlagSpec[]): string {
  const shown = flags.filter((flag) => !flag.hidden);
  if (shown.length === 0) return '';
  const sorted = [...shown].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `\nOptions:\n${sorted.map(flagHelp).join('\n')}`;
}

/** commandHelp is what `--help` prints for one command. */
export function commandHelp({ command, short, path, program }: HelpOf): string {
  const parent = path.split(' ').slice(0, -1).join(' ');
  const parts = [`${command.long ?? `${short}.`}\n`];
  if (command.examples) {
    const lines = command.examples.replaceAll('{program}', program).split('\n');
    parts.push(`\nExamples:\n${lines.map((line) => (line ? `  ${line}\n` : '  \n')).join('')}`);
  }
  if (command.subcommands) {
    parts.push(`\nAvailable Commands:\n${commandList(command.subcommands)}`);
    parts.push(`\nUsage:\n  ${path} [flags] [options]\n`);
    parts.push(`\nUse "${path} <command> --help" for more information about a given command.\n`);
  } else {
    parts.push(optionsHelp(command.flags ?? []));
    parts.push(`\nUsage:\n  ${parent} ${command.use} [flags] [options]\n`);
  }
  parts.push(
    `${command.subcommands ? '' : '\n'}Use "${program} options" for a list of global command-line options (applies to all commands).\n`,
  );
  return parts.join('');
}

/** rootHelp is what the program prints without a command. */
export function rootHelp(program: string, sections: readonly CommandSection[]): string {
  const all = sections.flatMap((section) => section.commands).filter((one) => !one.hidden);
  const width = Math.max(...all.map((one) => one.name.length));
  const lists = sections.map(({ title, commands }) => {
    const lines = commands
      .filter((one) => !one.hidden)
      .map((one) => `  ${one.name.padEnd(width)}   ${one.short}\n`);
    return `${title}:\n${lines.join('')}\n`;
  });
  return `Sampan

From a git repository to a running, load-balanced application, on one machine.
Every command of this client works against any OpenShift or Kubernetes cluster too.

${lists.join('')}Usage:
  ${program} [flags] [options]

Use "${program} <command> --help" for more information about a given command.
Use "${program} options" for a list of global command-line options (applies to all commands).
`;
}
