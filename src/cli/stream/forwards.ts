import { isIP } from 'node:net';
import type { Pod, Service } from '../../apis/core/v1/types.ts';
import { CliError } from '../cli-error.ts';

/** Forward is a local port that leads to a port of a pod. */
export interface Forward {
  /** 0: any free port. */
  readonly local: number;
  readonly remote: number;
}

/** ListenAddress is where connections are taken. */
export interface ListenAddress {
  readonly host: string;
  /** Optional addresses may fail as long as another optional one does not. */
  readonly optional: boolean;
}

function parsePort(text: string, which: 'local' | 'remote'): number {
  const problem = !/^\d+$/.test(text)
    ? 'invalid syntax'
    : Number(text) > 65_535
      ? 'value out of range'
      : undefined;
  if (problem)
    throw new CliError(
      `error parsing ${which} port '${text}': strconv.ParseUint: parsing ${JSON.stringify(text)}: ${problem}`,
    );
  return Number(text);
}

function split(text: string): { local: string; remote: string } {
  const [first = '', second, ...more] = text.split(':');
  const isPair = second !== undefined && more.length === 0;
  return isPair ? { local: first, remote: second } : { local: first, remote: first };
}

const portsOf = (pod: Pod) => (pod.spec?.containers ?? []).flatMap(({ ports }) => ports ?? []);

function portOfPod(pod: Pod, name: string): number {
  const found = portsOf(pod).find((one) => one.name === name);
  if (!found) throw new CliError(`Pod '${pod.metadata.name}' does not have a named port '${name}'`);
  return found.containerPort;
}

/** isUdpOnly tells whether a port is declared for UDP and not for TCP. */
function isUdpOnly(declared: readonly { protocol?: string; number: number }[], port: number) {
  const protocols = declared.filter(({ number }) => number === port).map((one) => one.protocol);
  return protocols.includes('UDP') && !protocols.some((one) => one !== 'UDP');
}

function refuseUdp(isUdp: boolean, text: string): void {
  if (isUdp) throw new CliError(`UDP protocol is not supported for ${text}`);
}

function throughService(text: string, pod: Pod, service: Service): Forward {
  const { local, remote } = split(text);
  const ports = service.spec?.ports ?? [];
  const byName = ports.find(({ name }) => name === remote);
  if (!/^\d+$/.test(remote) && !byName)
    throw new CliError(`Service '${service.metadata.name}' does not have a named port '${remote}'`);
  const wanted = byName && !/^\d+$/.test(remote) ? byName.port : Number(remote);
  const declared = ports.map(({ port, protocol = 'TCP' }) => ({ number: port, protocol }));
  refuseUdp(isUdpOnly(declared, wanted), remote);
  const found = ports.find(({ port }) => port === wanted);
  if (!found)
    throw new CliError(`Service ${service.metadata.name} does not have a service port ${wanted}`);
  const target = found.targetPort ?? found.port;
  const headless = service.spec?.clusterIP === 'None';
  const number =
    typeof target === 'string' ? portOfPod(pod, target) : headless ? found.port : target || wanted;
  const localText = local === remote ? String(wanted) : local;
  return { local: parsePort(localText || '0', 'local'), remote: number };
}

function toPod(text: string, pod: Pod): Forward {
  const { local, remote } = split(text);
  const number = /^-?\d+$/.test(remote) ? parsePort(remote, 'remote') : portOfPod(pod, remote);
  const declared = portsOf(pod).map(({ containerPort, protocol = 'TCP' }) => ({
    number: containerPort,
    protocol,
  }));
  refuseUdp(isUdpOnly(declared, number), remote);
  const localText = local === remote ? String(number) : local;
  return { local: parsePort(localText || '0', 'local'), remote: number };
}

/**
 * parseForward reads `5000`, `8888:5000`, `:5000` or a port's name. With a service its ports are
 * meant, and lead to its target ports.
 */
export function parseForward(text: string, pod: Pod, service: Service | undefined): Forward {
  const forward = service ? throughService(text, pod, service) : toPod(text, pod);
  if (forward.remote === 0) throw new CliError('remote port must be > 0');
  return forward;
}

/** parseAddresses reads `--address`; `localhost` is both loopback addresses, one of which will do. */
export function parseAddresses(texts: readonly string[]): ListenAddress[] {
  const found = new Map<string, ListenAddress>();
  for (const text of texts) {
    if (text === 'localhost')
      for (const host of ['127.0.0.1', '::1'])
        found.set(host, found.get(host) ?? { host, optional: true });
    else if (isIP(text)) found.set(text, { host: text, optional: false });
    else throw new CliError(`${text} is not a valid IP`);
  }
  return [...found.values()].sort((a, b) => (a.host < b.host ? -1 : 1));
}
