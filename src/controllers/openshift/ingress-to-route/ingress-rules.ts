import type { Secret, Service } from '../../../apis/core/v1/types.ts';
import type {
  HTTPIngressPath,
  Ingress,
  IngressRule,
  IngressServiceBackend,
} from '../../../apis/networking.k8s.io/v1/types.ts';
import type { TLSConfig } from '../../../apis/route.openshift.io/v1/types.ts';

const TERMINATION = 'route.openshift.io/termination';
const DESTINATION_CA = 'route.openshift.io/destination-ca-certificate-secret';
const TERMINATIONS: ReadonlySet<string> = new Set(['edge', 'passthrough', 'reencrypt']);

/** IngressLookups find what an ingress names in its namespace. */
export interface IngressLookups {
  service(name: string): Service | undefined;
  secret(name: string): Secret | undefined;
}

/** WantedRoute is what of a route an ingress decides. */
export interface WantedRoute {
  readonly host: string;
  readonly path: string;
  readonly service: string;
  readonly wildcardPolicy: 'None' | 'Subdomain';
  /** Undefined where the service has one port without a name. */
  readonly targetPort: string | undefined;
  readonly tls: TLSConfig | undefined;
}

/** IngressRoutes are the routes of an ingress, and why others of its rules have none. */
export interface IngressRoutes {
  readonly wanted: readonly WantedRoute[];
  readonly incomplete: readonly string[];
}

/** Incomplete is a rule that no route can be made of yet, or ever. */
class Incomplete extends Error {
  override readonly name = 'Incomplete';
}

/** ingressRoutes reads the rules of an ingress as OpenShift's ingress-to-route controller does. */
export function ingressRoutes(ingress: Ingress, lookups: IngressLookups): IngressRoutes {
  const wanted: WantedRoute[] = [];
  const incomplete: string[] = [];
  const attempt = (read: () => WantedRoute | readonly [], place: string) => {
    try {
      wanted.push(...[read()].flat());
    } catch (error) {
      if (!(error instanceof Incomplete)) throw error;
      incomplete.push(`${error.message} ${place}`);
    }
  };
  for (const [at, rule] of (ingress.spec?.rules ?? []).entries()) {
    const problem = problemOf(rule);
    if (problem) incomplete.push(`${problem} in rule at index ${at}`);
    const paths = problem ? [] : (rule.http?.paths ?? []);
    for (const [index, path] of paths.entries()) {
      const unusable = problemOfPath(path);
      const where = `${at}, path index ${index}`;
      if (unusable) incomplete.push(`${unusable} in rule at index ${where}`);
      else attempt(() => routeOf(ingress, rule, path, lookups), `at index ${where}`);
    }
  }
  return { wanted, incomplete };
}

function problemOf(rule: IngressRule): string | undefined {
  if (!rule.http) return 'Missing http field';
  return rule.host ? undefined : 'Missing host field';
}

function problemOfPath({ backend, pathType }: HTTPIngressPath): string | undefined {
  if (!backend.service) return 'Missing backend service field';
  if (!backend.service.name) return 'Missing backend service name';
  return pathType === 'Exact' ? 'Unsupported exact path type' : undefined;
}

function routeOf(
  ingress: Ingress,
  { host = '' }: IngressRule,
  { backend, path = '' }: HTTPIngressPath,
  lookups: IngressLookups,
): WantedRoute {
  const service = backend.service ?? { name: '' };
  const isWildcard = host.startsWith('*.');
  return {
    host: isWildcard ? host.replace('*', 'wildcard') : host,
    path,
    service: service.name,
    wildcardPolicy: isWildcard ? 'Subdomain' : 'None',
    targetPort: targetPortOf(service, lookups),
    tls: tlsOf(ingress, host, lookups),
  };
}

/** A route names a port of the endpoints, which has the name of the port of the service. */
function targetPortOf(backend: IngressServiceBackend, lookups: IngressLookups): string | undefined {
  const service = lookups.service(backend.name);
  if (!service) throw new Incomplete(`Backend service "${backend.name}" not found`);
  const { name, number } = backend.port ?? {};
  const port = (service.spec?.ports ?? []).find((one) =>
    name ? one.name === name : one.port === number,
  );
  if (!port) throw new Incomplete(`No valid target port for backend service "${backend.name}"`);
  return port.name || undefined;
}

function tlsOf(ingress: Ingress, host: string, lookups: IngressLookups): TLSConfig | undefined {
  const secret = tlsSecretOf(ingress, host, lookups);
  const asked = ingress.metadata.annotations?.[TERMINATION] ?? '';
  const isAsked = TERMINATIONS.has(asked) || (ingress.spec?.tls ?? []).some(isEmpty);
  if (!secret && !isAsked) return undefined;
  const termination = TERMINATIONS.has(asked) ? asked : 'edge';
  const tls: TLSConfig = { termination, insecureEdgeTerminationPolicy: 'Redirect' };
  if (secret && termination !== 'passthrough') {
    tls.certificate = decoded(secret, 'tls.crt') ?? '';
    tls.key = decoded(secret, 'tls.key') ?? '';
  }
  const authority = lookups.secret(ingress.metadata.annotations?.[DESTINATION_CA] ?? '');
  const destination = authority && decoded(authority, 'tls.crt');
  if (termination === 'reencrypt' && destination) tls.destinationCACertificate = destination;
  return tls;
}

function isEmpty(one: object): boolean {
  return Object.keys(one).length === 0;
}

function tlsSecretOf(ingress: Ingress, host: string, lookups: IngressLookups): Secret | undefined {
  const tls = (ingress.spec?.tls ?? []).find((one) => one.hosts?.includes(host));
  if (!tls) return undefined;
  const secret = lookups.secret(tls.secretName ?? '');
  const isValid =
    secret?.type === 'kubernetes.io/tls' && secret.data?.['tls.crt'] && secret.data['tls.key'];
  if (isValid) return secret;
  throw new Incomplete(`Invalid or missing TLS secret for rule host "${host}"`);
}

function decoded({ data }: Secret, key: string): string | undefined {
  const value = data?.[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString('utf8');
}
