import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';
import { checkRunning, containerOf, findPod } from '../../stream/find-pod.ts';
import { runRemote } from '../../stream/run-remote.ts';

function split({ args, argsBeforeDash, io }: Invocation): {
  target: string;
  command: readonly string[];
} {
  const [target = '', ...rest] = args;
  if (target === '') throw new CliError('pod, type/name or --filename must be specified');
  if (argsBeforeDash < 0 && rest.length > 0)
    io.err(
      `kubectl exec [POD] [COMMAND] is DEPRECATED and will be removed in a future version. Use kubectl exec [POD] -- [COMMAND] instead.\n`,
    );
  const command = argsBeforeDash < 0 ? rest : args.slice(argsBeforeDash);
  if (command.length === 0)
    throw new CliError('you must specify at least one command for the container');
  return { target, command };
}

async function run(invocation: Invocation): Promise<number> {
  const { flags, io } = invocation;
  const { target, command } = split(invocation);
  const pod = await findPod(target, invocation);
  checkRunning(pod);
  const stdin = flags.bool('stdin');
  const wantsTty = flags.bool('tty');
  const tty = wantsTty && stdin && io.inputIsTerminal;
  if (wantsTty && !tty)
    io.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  const container = containerOf(pod, flags.string('container'), invocation);
  const code = await runRemote(
    { pod: pod.metadata.name ?? '', container, command, stdin, tty },
    invocation,
  );
  if (code !== 0) io.err(`command terminated with exit code ${code}\n`);
  return code;
}

export const command: Command = {
  use: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  long: 'Execute a command in a container.',
  examples: `# Get output from running the 'date' command from pod mypod, using the first container by default
{program} exec mypod -- date

# Switch to raw terminal mode; sends stdin to 'bash' in ruby-container from pod mypod
{program} exec mypod -c ruby-container -i -t -- bash -il

# Get output from running the 'date' command from the first pod of the deployment config web
{program} exec dc/web -- date`,
  flags: [
    stringFlag(
      'container',
      'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen',
      { short: 'c' },
    ),
    boolFlag('stdin', 'Pass stdin to the container', { short: 'i' }),
    boolFlag('tty', 'Stdin is a TTY', { short: 't' }),
    boolFlag('quiet', 'Only print output from the remote session', { short: 'q' }),
    stringFlag(
      'pod-running-timeout',
      'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
      { default: '1m0s' },
    ),
  ],
  run,
};
