import type { Route, RouteTargetReference, TLSConfig } from './types.ts';

const DEFAULT_WEIGHT = 100;

/** defaultRoute fills in what openshift/api's `route/v1` defaults state. */
export function defaultRoute(route: Route): void {
  const { spec } = route;
  spec.to ??= { kind: '', name: '' };
  for (const target of [spec.to, ...(spec.alternateBackends ?? [])]) defaultTarget(target);
  spec.wildcardPolicy ||= 'None';
  if (spec.tls) defaultTls(spec.tls);
  for (const ingress of route.status?.ingress ?? []) ingress.wildcardPolicy ||= 'None';
}

function defaultTarget(target: RouteTargetReference): void {
  target.kind ||= 'Service';
  target.weight ??= DEFAULT_WEIGHT;
}

function defaultTls(tls: TLSConfig): void {
  if (!tls.termination && !tls.destinationCACertificate) tls.termination = 'edge';
  // Old clients write terminations with a capital.
  const lower = tls.termination?.toLowerCase();
  if (lower === 'edge' || lower === 'passthrough' || lower === 'reencrypt') tls.termination = lower;
}
