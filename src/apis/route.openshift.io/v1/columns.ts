import { column, nameColumn, type PrinterColumn } from '../../printer-column.ts';
import type { Route, RouteIngress } from './types.ts';

/** ROUTE_COLUMNS are the columns of `oc get routes`. */
export const ROUTE_COLUMNS: readonly PrinterColumn<Route>[] = [
  nameColumn(),
  column('Host/Port', 'The host under which the route is served, or why it is not.', hostText),
  column(
    'Path',
    'The path below which the router sends requests here.',
    (one) => one.spec.path ?? '',
  ),
  column('Services', 'Primary and alternate route backends.', servicesText),
  column('Port', 'The port of the pods that the router uses.', (one) =>
    one.spec.port === undefined ? '<all>' : String(one.spec.port.targetPort),
  ),
  column('Termination', 'Indicates termination type.', terminationText),
  column('Wildcard', 'Whether the host is a wildcard.', (one) => one.spec.wildcardPolicy ?? ''),
];

function admission(ingress: RouteIngress) {
  return ingress.conditions?.find((one) => one.type === 'Admitted');
}

function hostText(route: Route): string {
  const { ingress } = route.status ?? {};
  const host = route.spec.host ?? '';
  if (ingress === undefined) return host;
  const admitted = ingress.filter((one) => admission(one)?.status === 'True');
  const rejected = ingress.filter((one) => admission(one)?.status === 'False');
  const last = rejected.at(-1);
  if (admitted.length === 0)
    return last === undefined ? 'Pending' : (admission(last)?.reason ?? '');
  const shown = (admitted.find((one) => one.host === host) ?? admitted.at(-1))?.host ?? '';
  if (rejected.length > 0) return `${shown} ... ${rejected.length} rejected`;
  return admitted.length > 1 ? `${shown} ... ${admitted.length - 1} more` : shown;
}

function servicesText({ spec }: Route): string {
  const targets = [spec.to, ...(spec.alternateBackends ?? [])];
  const total = targets.reduce((sum, one) => sum + (one.weight ?? 0), 0);
  return targets
    .map(({ name, weight }) => {
      if (weight === undefined || (targets.length === 1 && total !== 0)) return name;
      return total === 0 ? `${name}(0%)` : `${name}(${Math.floor((weight * 100) / total)}%)`;
    })
    .join(',');
}

function terminationText({ spec }: Route): string {
  const { termination = '', insecureEdgeTerminationPolicy: insecure = '' } = spec.tls ?? {};
  if (insecure === '') return termination;
  return `${termination === '' ? 'default' : termination}/${insecure}`;
}
