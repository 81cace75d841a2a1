import { indexPath } from '../../../machinery/field-path.ts';
import { containersWithPaths } from './pod-containers.ts';
import type { ContainerPort, PodSpec } from './types.ts';

interface PlacedPort {
  readonly port: ContainerPort;
  readonly path: string;
}

/** How two definitions of one port stand to each other; undefined: they go together. */
function relation(a: ContainerPort, b: ContainerPort): string | undefined {
  const [ip, otherIp] = [a.hostIP ?? '', b.hostIP ?? ''];
  const [host, otherHost] = [a.hostPort ?? 0, b.hostPort ?? 0];
  if (ip === otherIp && host === otherHost) return 'duplicate';
  if (host === 0 || otherHost === 0) return 'overlapping';
  const oneIsAny = (ip === '') !== (otherIp === '');
  return host === otherHost && oneIsAny ? 'dangerously ambiguous' : undefined;
}

/** Go's form of a port. */
function goPort({
  name = '',
  hostPort = 0,
  containerPort,
  protocol = '',
  hostIP = '',
}: ContainerPort) {
  return `{Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`;
}

/** portWarnings names ports of a pod that are defined twice, or mean different things by one name. */
export function portWarnings(spec: PodSpec, path: string): string[] {
  const ports: PlacedPort[] = containersWithPaths(spec, path).flatMap((one) =>
    (one.container.ports ?? []).map((port, index) => ({
      port,
      path: indexPath(`${one.path}.ports`, index),
    })),
  );
  const warnings: string[] = [];
  for (const [index, { port, path: at }] of ports.entries()) {
    if (port.hostIP && !port.hostPort)
      warnings.push(`${at}: hostIP set without hostPort: ${goPort(port)}`);
    for (const other of ports.slice(0, index)) {
      const { containerPort, protocol } = other.port;
      if (containerPort !== port.containerPort || protocol !== port.protocol) continue;
      const how = relation(port, other.port);
      if (how) warnings.push(`${at}: ${how} port definition with ${other.path}`);
    }
  }
  return [...warnings, ...nameWarnings(ports)];
}

function nameWarnings(ports: readonly PlacedPort[]): string[] {
  const first = new Map<string, string>();
  return ports.flatMap(({ port: { name = '' }, path }) => {
    const other = first.get(name);
    if (name !== '' && other === undefined) first.set(name, path);
    if (other === undefined) return [];
    return [
      `${path}: duplicate port name "${name}" with ${other}, services and probes that select ports by name will use ${other}`,
    ];
  });
}
