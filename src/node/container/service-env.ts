import type { Service, ServicePort } from '../../apis/core/v1/types.ts';

function variableName(text: string): string {
  return text.toUpperCase().replaceAll('-', '_');
}

function linkVariables(prefix: string, ip: string, ports: readonly ServicePort[]): Pairs {
  return ports.flatMap((port, index) => {
    const protocol = port.protocol ?? 'TCP';
    const url = `${protocol.toLowerCase()}://${ip}:${port.port}`;
    const name = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`;
    const own: Pairs = [
      [name, url],
      [`${name}_PROTO`, protocol.toLowerCase()],
      [`${name}_PORT`, String(port.port)],
      [`${name}_ADDR`, ip],
    ];
    return index === 0 ? [[`${prefix}_PORT`, url] as const, ...own] : own;
  });
}

type Pairs = (readonly [string, string])[];

function variablesOf(service: Service): Pairs {
  const ip = service.spec?.clusterIP ?? '';
  const ports = service.spec?.ports ?? [];
  const [first] = ports;
  if (ip === '' || ip === 'None' || first === undefined) return [];
  const prefix = variableName(service.metadata.name ?? '');
  const named = ports
    .filter((port) => port.name)
    .map((port): readonly [string, string] => [
      `${prefix}_SERVICE_PORT_${variableName(port.name ?? '')}`,
      String(port.port),
    ]);
  return [
    [`${prefix}_SERVICE_HOST`, ip],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...named,
    ...linkVariables(prefix, ip, ports),
  ];
}

/**
 * serviceVariables are Docker-link style variables: of the API's own service always, of all
 * services of the pod's namespace unless it turned them off.
 */
export function serviceVariables(
  services: readonly Service[],
  namespace: string,
  enableServiceLinks: boolean,
): Map<string, string> {
  const isMaster = ({ metadata }: Service): boolean =>
    metadata.namespace === 'default' && metadata.name === 'kubernetes';
  const chosen = services.filter(
    (service) =>
      isMaster(service) ||
      (enableServiceLinks &&
        service.metadata.namespace === namespace &&
        service.metadata.name !== 'kubernetes'),
  );
  return new Map(chosen.flatMap(variablesOf));
}
