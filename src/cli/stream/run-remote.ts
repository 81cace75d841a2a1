import { PODS } from '../../apis/resource-types.ts';
import { resourcePath } from '../../client/resource-path.ts';
import { StatusError } from '../../machinery/status-error.ts';
import type { Invocation } from '../command.ts';
import { EXEC_PROTOCOLS, RemoteCommand } from './channels.ts';
import { inRawMode } from './terminal.ts';

/** RemoteOptions say what runs, where, and with which streams. */
export interface RemoteOptions {
  readonly pod: string;
  readonly container: string;
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

interface ForeignStatusError {
  readonly name: string;
  readonly status: ConstructorParameters<typeof StatusError>[0];
}

/** rethrown makes a refusal of another copy of the client one of this program's StatusErrors. */
function rethrown(error: unknown): unknown {
  if (error instanceof StatusError) return error;
  const foreign = error as Partial<ForeignStatusError>;
  return foreign?.name === 'StatusError' && foreign.status
    ? new StatusError(foreign.status, { cause: error })
    : error;
}

/** runRemote runs a command in a container and answers its exit code. */
export async function runRemote(
  options: RemoteOptions,
  { session, io }: Invocation,
): Promise<number> {
  const { pod, container, command, stdin, tty } = options;
  const transport = await session.transport();
  const query = new URLSearchParams({ container, stdout: 'true' });
  if (stdin) query.set('stdin', 'true');
  if (tty) query.set('tty', 'true');
  else query.set('stderr', 'true');
  for (const word of command) query.append('command', word);
  const path = resourcePath(PODS, {
    namespace: session.namespace(),
    name: pod,
    subresource: 'exec',
  });
  const connection = await transport
    .upgrade({ method: 'GET', path, query }, EXEC_PROTOCOLS)
    .catch((error: unknown) => {
      throw rethrown(error);
    });
  const remote = new RemoteCommand(connection);
  const work = async () => {
    if (stdin) void remote.feed(io.stdin).catch(() => connection.close());
    return remote.output({
      out: (bytes) => io.stdout.write(bytes),
      err: (bytes) => process.stderr.write(bytes),
    });
  };
  try {
    return tty ? await inRawMode(io, remote, work) : await work();
  } finally {
    io.stdin.destroy();
  }
}
