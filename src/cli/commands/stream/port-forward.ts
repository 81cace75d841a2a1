import { createServer, type Server, type Socket } from 'node:net';
import type { Pod, Service } from '../../../apis/core/v1/types.ts';
import { PODS, SERVICES } from '../../../apis/resource-types.ts';
import { resourcePath } from '../../../client/resource-path.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { sliceFlag, stringFlag } from '../../flags/flag-spec.ts';
import { findPod } from '../../stream/find-pod.ts';

/** Forward is a local port that leads to a port of the pod. */
interface Forward {
  /** 0: any free port. */
  readonly local: number;
  readonly remote: number;
}

const PROTOCOLS = ['v4.channel.k8s.io'];

function numberOf(text: string, pod: Pod): number {
  if (/^\d+$/.test(text)) return Number(text);
  const found = (pod.spec?.containers ?? [])
    .flatMap(({ ports }) => ports ?? [])
    .find(({ name }) => name === text);
  if (!found) throw new CliError(`Pod '${pod.metadata.name}' does not have a named port '${text}'`);
  return found.containerPort;
}

function throughService(text: string, service: Service | undefined): string {
  if (!service) return text;
  const ports = service.spec?.ports ?? [];
  const found = ports.find(({ port, name }) => String(port) === text || name === text);
  if (!found)
    throw new CliError(`Service ${service.metadata.name} does not have a service port ${text}`);
  return String(found.targetPort ?? found.port);
}

function forwardOf(text: string, pod: Pod, service: Service | undefined): Forward {
  const [first = '', second] = text.split(':');
  const target = second ?? first;
  const remote = numberOf(throughService(target, service), pod);
  const local =
    second === undefined ? (/^\d+$/.test(first) ? Number(first) : remote) : Number(first || 0);
  if (!Number.isInteger(local) || local < 0 || local > 65_535)
    throw new CliError(
      `error parsing local port ${JSON.stringify(first)}: strconv.ParseUint: parsing ${JSON.stringify(first)}: invalid syntax`,
    );
  return { local, remote };
}

/** carry joins a local connection and a WebSocket: channel 0 is data, channel 1 an error. */
async function carry(
  socket: Socket,
  port: number,
  pod: string,
  { session, io }: Invocation,
): Promise<void> {
  const transport = await session.transport();
  const path = resourcePath(PODS, {
    namespace: session.namespace(),
    name: pod,
    subresource: 'portforward',
  });
  const query = new URLSearchParams({ ports: String(port) });
  const { messages, close } = await transport.upgrade({ method: 'GET', path, query }, PROTOCOLS);
  socket.on('data', (chunk) => {
    if (!messages.write(Buffer.concat([Buffer.of(0), chunk]))) {
      socket.pause();
      messages.once('drain', () => socket.resume());
    }
  });
  socket.on('close', () => close());
  socket.on('error', () => close());
  const seen = new Set<number>();
  for await (const message of messages as AsyncIterable<Buffer>) {
    const channel = message[0] ?? 0;
    // The first message of each channel repeats the port.
    const body = seen.has(channel) ? message.subarray(1) : message.subarray(3);
    seen.add(channel);
    if (channel === 0) socket.write(body);
    else if (body.length > 0) {
      io.err(
        `an error occurred forwarding ${socket.localPort} -> ${port}: ${body.toString('utf8')}\n`,
      );
      break;
    }
  }
  socket.end();
  close();
}

function listen(
  { local, remote }: Forward,
  host: string,
  pod: string,
  invocation: Invocation,
): Promise<Server> {
  const { io } = invocation;
  const server = createServer((socket) => {
    io.out(`Handling connection for ${(server.address() as { port: number }).port}\n`);
    carry(socket, remote, pod, invocation).catch((error: unknown) => {
      io.err(
        `error forwarding port ${remote} to pod ${pod}: ${error instanceof Error ? error.message : error}\n`,
      );
      socket.destroy();
    });
  });
  return new Promise((done, fail) => {
    server.on('error', (cause) =>
      fail(
        new CliError(
          `unable to listen on any of the requested ports: [{${local} ${remote}}]: ${cause.message}`,
          { cause },
        ),
      ),
    );
    server.listen(local, host, () => done(server));
  });
}

async function addresses({ flags }: Invocation): Promise<string[]> {
  const given = flags.list('address');
  return (given.length > 0 ? given : ['localhost']).map((one) =>
    one === 'localhost' ? '127.0.0.1' : one,
  );
}

async function serviceOf(target: string, { session }: Invocation): Promise<Service | undefined> {
  const [type = '', name] = target.split('/');
  if (!name || !['svc', 'service', 'services'].includes(type)) return undefined;
  const client = await session.client();
  return client.get(SERVICES, { namespace: session.namespace(), name });
}

async function run(invocation: Invocation): Promise<void> {
  const { args, io } = invocation;
  const [target, ...ports] = args;
  if (target === undefined || ports.length === 0)
    throw new UsageError('TYPE/NAME and list of ports are required for port-forward');
  const service = await serviceOf(target, invocation);
  const pod = await findPod(target, invocation);
  const { phase } = pod.status ?? {};
  if (phase !== 'Running')
    throw new CliError(
      `unable to forward port because pod is not running. Current status=${phase}`,
    );
  const name = pod.metadata.name ?? '';
  const servers: Server[] = [];
  for (const text of ports)
    for (const host of await addresses(invocation)) {
      const forward = forwardOf(text, pod, service);
      const server = await listen(forward, host, name, invocation);
      const { port } = server.address() as { port: number };
      io.out(
        `Forwarding from ${host.includes(':') ? `[${host}]` : host}:${port} -> ${forward.remote}\n`,
      );
      servers.push(server);
    }
  await new Promise<void>((done) => {
    if (io.signal.aborted) done();
    io.signal.addEventListener('abort', () => done(), { once: true });
  });
  for (const server of servers) {
    server.close();
    server.unref();
  }
}

export const command: Command = {
  use: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  long: "Forward one or more local ports to a pod.\n\n Use resource type/name such as dc/mydeployment to select a pod. Resource type defaults to 'pod' if omitted.",
  examples: `# Listen on ports 5000 and 6000 locally, forwarding data to/from ports 5000 and 6000 in the pod
{program} port-forward pod/mypod 5000 6000

# Listen on port 8888 locally, forwarding to 5000 in the pod
{program} port-forward pod/mypod 8888:5000

# Listen on a random port locally, forwarding to 5000 in the pod
{program} port-forward pod/mypod :5000`,
  flags: [
    sliceFlag(
      'address',
      'Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value.',
    ),
    stringFlag(
      'pod-running-timeout',
      'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
      { default: '1m0s' },
    ),
  ],
  run,
};
