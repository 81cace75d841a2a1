import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, intFlag, stringFlag } from '../../flags/flag-spec.ts';
import { checkRunning, containerOf, findPod } from '../../stream/find-pod.ts';
import { runRemote } from '../../stream/run-remote.ts';

/** shellScript starts the best shell that a container has, with the user's idea of the terminal. */
function shellScript(shell: string, term: string | undefined): string[] {
  const setTerm = term ? `TERM=${JSON.stringify(term)} ` : '';
  return ['/bin/sh', '-c', `${setTerm}${shell}`];
}

async function run(invocation: Invocation): Promise<number> {
  const { flags, io, args } = invocation;
  const [target, ...rest] = args;
  if (target === undefined) throw new UsageError('rsh requires a single Pod to connect to');
  if (flags.bool('tty') && flags.bool('no-tty'))
    throw new CliError('--tty and --no-tty cannot be specified together');
  const isShell = rest.length === 0;
  const isTerminal = io.inputIsTerminal && io.outputIsTerminal;
  const tty =
    !flags.bool('no-tty') && isTerminal && (flags.bool('tty') || isShell || io.inputIsTerminal);
  const pod = await findPod(target, invocation);
  checkRunning(pod);
  const container = containerOf(pod, flags.string('container'), invocation);
  const command = isShell
    ? shellScript(flags.string('shell'), tty ? io.env.TERM : undefined)
    : rest;
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
    stringFlag('shell', 'Path to the shell command', { default: '/bin/sh' }),
    intFlag(
      'timeout',
      'Request timeout for obtaining a pod from the server; defaults to 10 seconds',
      { default: 10 },
    ),
  ],
  run,
};
