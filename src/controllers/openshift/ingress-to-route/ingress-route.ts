import { createHash } from 'node:crypto';
import type { Ingress } from '../../../apis/networking.k8s.io/v1/types.ts';
import type { Route } from '../../../apis/route.openshift.io/v1/types.ts';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import type { WantedRoute } from './ingress-rules.ts';

const DESTINATION_CA = 'route.openshift.io/destination-ca-certificate-secret';
const LONGEST_BASE = 57;
const SUFFIX = 5;
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** ingressOf answers the name of the ingress that a route was made for. */
export function ingressOf({ metadata }: Route): string | undefined {
  const owner = metadata.ownerReferences?.find((one) => one.controller && one.kind === 'Ingress');
  return owner?.apiVersion.startsWith('networking.k8s.io/') ? owner.name : undefined;
}

/** isFor tells whether a route is the one of a host and path. */
export function isFor({ spec }: Route, { host, path }: WantedRoute): boolean {
  return spec.host === host && (spec.path ?? '') === path;
}

/** The name is the same whenever it is made: a route that was made and is not seen yet is not made twice. */
function nameOf(ingress: Ingress, { host, path }: WantedRoute): string {
  const hash = createHash('sha256').update(`${host}\n${path}`).digest();
  const suffix = Array.from(hash.subarray(0, SUFFIX), (byte) => LETTERS[byte % LETTERS.length]);
  return `${(ingress.metadata.name ?? '').slice(0, LONGEST_BASE)}-${suffix.join('')}`;
}

/** newIngressRoute is the route of a rule that has none yet. */
export function newIngressRoute(ingress: Ingress, wanted: WantedRoute): Route {
  const { name = '', namespace = '', labels, annotations, uid = '' } = ingress.metadata;
  const { host, path, service, wildcardPolicy, targetPort, tls } = wanted;
  return {
    apiVersion: 'route.openshift.io/v1',
    kind: 'Route',
    metadata: {
      name: nameOf(ingress, wanted),
      namespace,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ownerReferences: [
        { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name, uid, controller: true },
      ],
    },
    spec: {
      host,
      ...(path ? { path } : {}),
      to: { kind: 'Service', name: service },
      ...(targetPort ? { port: { targetPort } } : {}),
      ...(tls ? { tls } : {}),
      wildcardPolicy,
    },
  };
}

/**
 * updatedRoute is what a route must become, or undefined when it is that. Its weight, and what of
 * its TLS an ingress cannot say, are its owner's.
 */
export function updatedRoute(
  route: Route,
  ingress: Ingress,
  wanted: WantedRoute,
): Route | undefined {
  const fresh = newIngressRoute(ingress, wanted);
  const { to, tls: before } = route.spec;
  const { tls } = fresh.spec;
  if (tls && before) {
    if (before.caCertificate) tls.caCertificate = before.caCertificate;
    const { insecureEdgeTerminationPolicy: insecure, destinationCACertificate } = before;
    if (insecure) tls.insecureEdgeTerminationPolicy = insecure;
    const isNamed = ingress.metadata.annotations?.[DESTINATION_CA] !== undefined;
    if (tls.termination === 'reencrypt' && destinationCACertificate && !isNamed) {
      tls.destinationCACertificate = destinationCACertificate;
    }
  }
  const weight = to.weight === undefined ? {} : { weight: to.weight };
  const spec = { ...fresh.spec, to: { ...fresh.spec.to, ...weight } };
  const annotations = ingress.metadata.annotations ?? {};
  const isSame =
    deepEqual(spec, { wildcardPolicy: 'None', ...route.spec }) &&
    deepEqual(annotations, route.metadata.annotations ?? {});
  return isSame ? undefined : { ...route, metadata: { ...route.metadata, annotations }, spec };
}

/** canonicalHosts are the names of the routers that admitted a route. */
export function canonicalHosts({ status }: Route): string[] {
  return (status?.ingress ?? []).flatMap(({ conditions, routerCanonicalHostname }) => {
    const admitted = conditions?.find(({ type }) => type === 'Admitted')?.status === 'True';
    return admitted && routerCanonicalHostname ? [routerCanonicalHostname] : [];
  });
}
