import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Service } from '../../../apis/core/v1/types.ts';
import { PODS, SERVICES } from '../../../apis/resource-types.ts';
import { resourcePath } from '../../../client/resource-path.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { sliceFlag, stringFlag } from '../../flags/flag-spec.ts';
import { findPod } from '../../stream/find-pod.ts';
import { type Forward, parseAddresses, parseForward } from '../../stream/forwards.ts';

const PROTOCOLS = ['v4.channel.k8s.io'];

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

interface Listening {
  readonly forward: Forward;
  readonly host: string;
  readonly pod: string;
}

function listen({ forward, host, pod }: Listening, invocation: Invocation): Promise<Server> {
  const { io } = invocation;
  const { local, remote } = forward;
  const server = createServer((socket) => {
    io.out(`Handling connection for ${socket.localPort}\n`);
    carry(socket, remote, pod, invocation).catch((error: unknown) => {
      io.err(
        `error forwarding port ${remote} to pod ${pod}: ${error instanceof Error ? error.message : error}\n`,
      );
      socket.destroy();
    });
  });
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen({ port: local, host, ipv6Only: isIPv6(host) }, () => done(server));
  });
}

const bracketed = (host: string) => (isIPv6(host) ? `[${host}]` : host);

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function whyNot(error: unknown, host: string, port: number): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'bind: address already in use',
    EACCES: 'bind: permission denied',
    EADDRNOTAVAIL: 'bind: cannot assign requested address',
  };
  const family = isIPv6(host) ? 'tcp6' : 'tcp4';
  return `unable to create listener: Error listen ${family} ${bracketed(host)}:${port}: ${reasons[code] ?? message}`;
}

/** listenOnPort takes connections for one port on all addresses; it throws when that is not enough. */
async function listenOnPort(
  asked: Forward,
  pod: string,
  invocation: Invocation,
): Promise<Server[]> {
  const addresses = parseAddresses(invocation.flags.list('address'));
  const servers: Server[] = [];
  const failures: string[] = [];
  let required = 0;
  let forward = asked;
  for (const { host, optional } of addresses) {
    try {
      const server = await listen({ forward, host, pod }, invocation);
      servers.push(server);
      forward = { ...forward, local: portOf(server) };
      invocation.io.out(
        `Forwarding from ${bracketed(host)}:${forward.local} -> ${forward.remote}\n`,
      );
    } catch (error) {
      failures.push(whyNot(error, host, forward.local));
      if (!optional) required += 1;
    }
  }
  if (required === 0 && servers.length > 0) return servers;
  for (const server of servers) server.close();
  invocation.io.err(
    `Unable to listen on port ${forward.local}: Listeners failed to create with the following errors: [${failures.join(' ')}]\n`,
  );
  return [];
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
  const forwards = ports.map((text) => parseForward(text, pod, service));
  const servers: Server[] = [];
  for (const forward of forwards) servers.push(...(await listenOnPort(forward, name, invocation)));
  if (servers.length === 0)
    throw new CliError(
      `unable to listen on any of the requested ports: [${forwards.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`,
    );
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
    {
      ...sliceFlag(
        'address',
        'Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value. When localhost is supplied, both 127.0.0.1 and ::1 are tried, and one of them is enough.',
      ),
      default: ['localhost'],
    },
    stringFlag(
      'pod-running-timeout',
      'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
      { default: '1m0s' },
    ),
  ],
  run,
};
