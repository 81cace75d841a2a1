import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, intFlag, stringFlag } from '../../flags/flag-spec.ts';
import { checkRunning, containerOf, findPod } from '../../stream/find-pod.ts';
import { runRemote } from '../../stream/run-remote.ts';

const DEFAULT_SHELL = '/bin/sh';

const USAGE = `expected 'rsh [-c CONTAINER] [flags] (POD | TYPE/NAME) COMMAND [args...]'.
POD or TYPE/NAME is a required argument for the rsh command`;

/** shellCommand starts a shell; the default one learns which terminal the user has. */
function shellCommand(shell: string, term: string | undefined): string[] {
  if (shell !== DEFAULT_SHELL) return [shell];
  return [shell, '-c', `TERM=${JSON.stringify(term || 'xterm')} ${shell}`];
}

function wantsTerminal({ flags, io }: Invocation): boolean {
  if (flags.bool('tty') && flags.bool('no-tty'))
    throw new UsageError('you may not specify -t and -T together');
  if (flags.bool('no-tty')) return false;
  return flags.bool('tty') || io.inputIsTerminal;
}

async function run(invocation: Invocation): Promise<number> {
  const { flags, io, args, argsBeforeDash } = invocation;
  const [target, ...rest] = args;
  if (argsBeforeDash >= 0 || target === '--' || rest[0] === '--') throw new UsageError(USAGE);
  const wanted = wantsTerminal(invocation);
  if (target === undefined) throw new CliError('pod, type/name or --filename must be specified');
  if (wanted && !io.inputIsTerminal)
    io.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  const pod = await findPod(target, invocation);
  checkRunning(pod);
  const container = containerOf(pod, flags.string('container'), invocation);
  const command = rest.length > 0 ? rest : shellCommand(flags.string('shell'), io.env.TERM);
  const tty = wanted && io.inputIsTerminal;
  const options = { pod: pod.metadata.name ?? '', container, command, stdin: true, tty };
  const code = await runRemote(options, invocation);
  if (code !== 0) io.err(`command terminated with exit code ${code}\n`);
  return code;
}

export const command: Command = {
  use: 'rsh [-c CONTAINER] [flags] (POD | TYPE/NAME) COMMAND [args...]',
  stopAtFirstArgument: true,
  long: `Open a remote shell session to a container.

 This command will attempt to start a shell session in a pod for the specified resource. It works with pods, deployment configs, services, and replication controllers. Any of the aforementioned resources (apart from pods) will be resolved to a ready pod.`,
  examples: `# Open a shell session on the first container in pod 'foo'
{program} rsh foo

# Run the command 'cat /etc/resolv.conf' inside pod 'foo'
{program} rsh foo cat /etc/resolv.conf

# See the configuration of your internal registry
{program} rsh dc/docker-registry cat config.yml`,
  flags: [
    stringFlag('container', 'Container name; defaults to first container', { short: 'c' }),
    boolFlag('no-tty', 'Disable pseudo-terminal allocation', { short: 'T' }),
    boolFlag('tty', 'Force a pseudo-terminal to be allocated', { short: 't' }),
    stringFlag('shell', 'Path to the shell command', { default: DEFAULT_SHELL }),
    intFlag(
      'timeout',
      'Request timeout for obtaining a pod from the server; defaults to 10 seconds',
      { default: 10 },
    ),
  ],
  run,
};
