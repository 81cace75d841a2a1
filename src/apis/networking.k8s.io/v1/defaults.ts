import type { IngressClass, NetworkPolicy } from './types.ts';

/** defaultIngressClass makes parameters cluster-scoped. */
export function defaultIngressClass(ingressClass: IngressClass): void {
  const parameters = ingressClass.spec?.parameters;
  if (parameters !== undefined) parameters.scope ??= 'Cluster';
}

/** defaultNetworkPolicy makes ports TCP and infers the directions that a policy governs. */
export function defaultNetworkPolicy(policy: NetworkPolicy): void {
  policy.spec ??= {};
  const { spec } = policy;
  spec.podSelector ??= {};
  const rules = [...(spec.ingress ?? []), ...(spec.egress ?? [])];
  for (const { ports } of rules) for (const port of ports ?? []) port.protocol ??= 'TCP';
  if ((spec.policyTypes ?? []).length > 0) return;
  spec.policyTypes = (spec.egress ?? []).length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}
