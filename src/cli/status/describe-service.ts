import type { Service, ServicePort, ServiceSpec } from '../../apis/core/v1/types.ts';
import type { Route } from '../../apis/route.openshift.io/v1/types.ts';

/** routesTo are the routes that lead to a service. */
function routesTo(service: string | undefined, routes: readonly Route[]): Route[] {
  return routes.filter(({ spec }) =>
    [spec.to, ...(spec.alternateBackends ?? [])].some(({ name }) => name === service),
  );
}

function exposedAt(host: string, { spec }: Route, hasErrors: boolean): string {
  const { tls, port } = spec;
  const notes: Record<string, string> = {
    passthrough: ' (passthrough)',
    reencrypt: ' (reencrypt)',
  };
  const policies: Record<string, string> = { Redirect: ' (redirects)', Allow: ' (and http)' };
  const note = tls
    ? (notes[tls.termination ?? ''] ?? policies[tls.insecureEdgeTerminationPolicy ?? ''] ?? '')
    : '';
  const target =
    port?.targetPort === undefined || port.targetPort === ''
      ? ''
      : ` to pod port ${port.targetPort}`;
  return `http${tls ? 's' : ''}://${host}${note}${target}${hasErrors ? ' (!)' : ''}`;
}

function describeRoute(route: Route): string[] {
  const { spec, status, metadata } = route;
  const ingress = status?.ingress ?? [];
  const admitted = (one: (typeof ingress)[number]) =>
    one.conditions?.find(({ type }) => type === 'Admitted');
  const errors = ingress
    .map(admitted)
    .filter((one) => one?.status === 'False')
    .map((one) => one?.reason ?? '')
    .sort();
  const hosts = ingress
    .filter((one) => admitted(one)?.status !== 'False')
    .map(({ host }) => host ?? '');
  const own = hosts.filter((host) => host === spec.host);
  const shown = [...own.slice(0, 1), ...hosts.filter((host) => host !== spec.host)];
  if (shown.length > 0) return shown.map((host) => exposedAt(host, route, errors.length > 0));
  if (errors.length > 0) return [`route/${metadata.name} not accepted: ${errors[0]}`];
  if (!spec.host) return [`route/${metadata.name} has no host set`];
  return [exposedAt(spec.host, route, false)];
}

const rank = (text: string) =>
  text.startsWith('https://') ? 0 : text.startsWith('http://') ? 1 : 2;

function compareExposed(a: string, b: string): number {
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  const [left = '', right = ''] = [a, b].map((one) => one.split(' ')[0]);
  return left.length - right.length || (a < b ? -1 : 1);
}

function portNumber({ type }: ServiceSpec, { port, nodePort }: ServicePort): string {
  if (type !== 'NodePort') return String(port);
  return nodePort ? String(nodePort) : '<initializing>';
}

function portsText(spec: ServiceSpec): string {
  const ports = spec.ports ?? [];
  const [only] = ports;
  if (!only) return ' no ports';
  const isPlain = (one: ServicePort) =>
    spec.clusterIP === 'None' || !one.targetPort || String(one.targetPort) === '0';
  if (ports.length === 1) {
    const number = portNumber(spec, only);
    const same = isPlain(only) || number === String(only.targetPort);
    return same ? `:${number}` : `:${number} -> ${only.targetPort}`;
  }
  const pairs = ports.map((one) => {
    const number = portNumber(spec, one);
    if (isPlain(one)) return number;
    return one.port === one.targetPort ? String(one.targetPort) : `${number}->${one.targetPort}`;
  });
  return ` ports ${pairs.join(', ')}`;
}

/** describeService are the lines about a service: its routes' addresses, or its own. */
export function describeService(service: Service, routes: readonly Route[]): string[] {
  const { name } = service.metadata;
  const spec = service.spec ?? {};
  const exposed = routesTo(name, routes).flatMap(describeRoute).sort(compareExposed);
  const [first, ...others] = exposed;
  if (first !== undefined) return [`${first} (svc/${name})`, ...others];
  const ports = portsText(spec);
  if (spec.type === 'NodePort') return [`svc/${name} (all nodes)${ports}`];
  if (spec.clusterIP === 'None') return [`svc/${name} (headless)${ports}`];
  if (!spec.clusterIP && !spec.externalName) return [`svc/${name} <initializing>${ports}`];
  if (!spec.clusterIP) return [`svc/${name} - ${spec.externalName}`];
  return [`svc/${name} - ${spec.clusterIP}${ports}`];
}
