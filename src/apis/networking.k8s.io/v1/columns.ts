import { selectorObjectText } from '../../../machinery/labels.ts';
import { ageColumn, column, nameColumn, type PrinterColumn } from '../../printer-column.ts';
import type { Ingress, IngressClass, IPAddress, NetworkPolicy, ServiceCIDR } from './types.ts';

const SHOWN_HOSTS = 3;

function hosts(ingress: Ingress): string {
  const rules = ingress.spec?.rules ?? [];
  const named: string[] = [];
  let more = false;
  for (const { host } of rules) {
    if (named.length === SHOWN_HOSTS) more = true;
    if (!more && host) named.push(host);
  }
  if (named.length === 0) return '*';
  return more ? `${named.join(',')} + ${rules.length - SHOWN_HOSTS} more...` : named.join(',');
}

function addresses(ingress: Ingress): string {
  const points = ingress.status?.loadBalancer?.ingress ?? [];
  const found = points.map(({ ip, hostname }) => ip || hostname || '');
  return [...new Set(found.filter((one) => one !== ''))].sort().join(',');
}

/** INGRESS_COLUMNS are the columns of `kubectl get ingresses`. */
export const INGRESS_COLUMNS: readonly PrinterColumn<Ingress>[] = [
  nameColumn(),
  column(
    'Class',
    'The name of the IngressClass resource that should be used for additional configuration',
    (one) => one.spec?.ingressClassName ?? '<none>',
  ),
  column(
    'Hosts',
    'Hosts that incoming requests are matched against before the ingress rule',
    hosts,
  ),
  column('Address', 'Address is a list containing ingress points for the load-balancer', addresses),
  column('Ports', 'Ports of TLS configurations that open', (one) =>
    (one.spec?.tls ?? []).length > 0 ? '80, 443' : '80',
  ),
  ageColumn(),
];

function parameters({ spec }: IngressClass): string {
  if (spec?.parameters === undefined) return '<none>';
  const { apiGroup, kind, name } = spec.parameters;
  return apiGroup === undefined ? `${kind}/${name}` : `${kind}.${apiGroup}/${name}`;
}

/** INGRESS_CLASS_COLUMNS are the columns of `kubectl get ingressclasses`. */
export const INGRESS_CLASS_COLUMNS: readonly PrinterColumn<IngressClass>[] = [
  nameColumn(),
  column(
    'Controller',
    'Controller that is responsible for handling this class',
    (one) => one.spec?.controller ?? '',
  ),
  column('Parameters', 'A reference to a resource with additional parameters', parameters),
  ageColumn(),
];

/** NETWORK_POLICY_COLUMNS are the columns of `kubectl get networkpolicies`. */
export const NETWORK_POLICY_COLUMNS: readonly PrinterColumn<NetworkPolicy>[] = [
  nameColumn(),
  column('Pod-Selector', 'Selects the pods to which the policy applies.', (one) =>
    selectorObjectText(one.spec?.podSelector),
  ),
  ageColumn(),
];

function parent({ spec }: IPAddress): string {
  if (spec?.parentRef === undefined) return '<none>';
  const { group = '', resource, namespace, name } = spec.parentRef;
  const kind = (group === '' ? resource : `${resource}.${group}`).toLowerCase();
  return [kind, ...(namespace ? [namespace] : []), name].join('/');
}

/** IP_ADDRESS_COLUMNS are the columns of `kubectl get ipaddresses`. */
export const IP_ADDRESS_COLUMNS: readonly PrinterColumn<IPAddress>[] = [
  nameColumn(),
  column(
    'ParentRef',
    'ParentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.',
    parent,
  ),
];

/** SERVICE_CIDR_COLUMNS are the columns of `kubectl get servicecidrs`. */
export const SERVICE_CIDR_COLUMNS: readonly PrinterColumn<ServiceCIDR>[] = [
  nameColumn(),
  column(
    'CIDRs',
    'The ranges from which services get their addresses, one of each IP family at most.',
    (one) => (one.spec?.cidrs ?? []).join(','),
  ),
  ageColumn(),
];
