import type { Route } from './types.ts';

/** HOST_GENERATED marks a route whose host the server chose. */
const HOST_GENERATED = 'openshift.io/host.generated';

/** ALLOW_NON_DNS_HOST lets old hosts pass whose labels break the rules. */
export const ALLOW_NON_DNS_HOST = 'route.openshift.io/allow-non-dns-compliant-host';

/**
 * assignHost gives a route without host, subdomain or wildcard the host `NAME-NAMESPACE.DOMAIN` and
 * marks it as generated, as openshift/library-go `route/hostassignment` does.
 */
export function assignHost(route: Route, domain: string): void {
  const { spec, metadata } = route;
  if (spec.wildcardPolicy === 'Subdomain' || spec.host || spec.subdomain) return;
  spec.host = `${metadata.name}-${metadata.namespace}.${domain}`;
  metadata.annotations = { ...metadata.annotations, [HOST_GENERATED]: 'true' };
}
