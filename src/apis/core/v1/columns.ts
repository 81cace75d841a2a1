import { ageOf } from '../../../machinery/duration.ts';
import { labelsText } from '../../../machinery/labels.ts';
import {
  ageColumn,
  column,
  nameColumn,
  numberColumn,
  type PrinterColumn,
  wideColumn,
} from '../../printer-column.ts';
import { containerColumns, replicaColumns } from './template-columns.ts';
import type {
  ConfigMap,
  Endpoints,
  Event,
  Namespace,
  PodTemplate,
  ReplicationController,
  Secret,
  Service,
  ServiceAccount,
} from './types.ts';

export { NODE_COLUMNS } from './node-columns.ts';
export { POD_COLUMNS } from './pod-columns.ts';

/** NAMESPACE_COLUMNS are the columns of `kubectl get namespaces`. */
export const NAMESPACE_COLUMNS: readonly PrinterColumn<Namespace>[] = [
  nameColumn(),
  column('Status', 'The status of the namespace', (one) => one.status?.phase ?? ''),
  ageColumn(),
];

/** REPLICATION_CONTROLLER_COLUMNS are the columns of `kubectl get replicationcontrollers`. */
export const REPLICATION_CONTROLLER_COLUMNS: readonly PrinterColumn<ReplicationController>[] = [
  ...replicaColumns<ReplicationController>(),
  ...containerColumns<ReplicationController>((one) => one.spec?.template),
  wideColumn('Selector', 'The labels of the pods that it owns.', (one) =>
    labelsText(one.spec?.selector),
  ),
];

function externalAddress(service: Service): string {
  const external = service.spec?.externalIPs ?? [];
  switch (service.spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return external.length > 0 ? external.join(',') : '<none>';
    case 'LoadBalancer': {
      const ingress = (service.status?.loadBalancer?.ingress ?? []).map(
        (one) => one.ip || one.hostname || '',
      );
      const all = [...ingress.filter((one) => one !== ''), ...external];
      return all.length > 0 ? all.join(',') : '<pending>';
    }
    case 'ExternalName':
      return service.spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function servicePorts(service: Service): string {
  const ports = (service.spec?.ports ?? []).map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return ports.join(',') || '<none>';
}

/** SERVICE_COLUMNS are the columns of `kubectl get services`. */
export const SERVICE_COLUMNS: readonly PrinterColumn<Service>[] = [
  nameColumn(),
  column('Type', 'How the service is exposed.', (one) => one.spec?.type ?? ''),
  column(
    'Cluster-IP',
    'The address of the service inside the cluster.',
    (one) => one.spec?.clusterIPs?.[0] || one.spec?.clusterIP || '<none>',
  ),
  column('External-IP', 'Addresses from outside the cluster.', externalAddress),
  column('Port(s)', 'The ports of the service.', servicePorts),
  ageColumn(),
  wideColumn('Selector', 'The labels of the pods behind it.', (one) =>
    labelsText(one.spec?.selector),
  ),
];

function joinHostPort(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function endpointAddresses(endpoints: Endpoints): string {
  const subsets = endpoints.subsets ?? [];
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => joinHostPort(ip, port))),
  );
  const shown = all.slice(0, 3).join(',');
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}

/** ENDPOINTS_COLUMNS are the columns of `kubectl get endpoints`. */
export const ENDPOINTS_COLUMNS: readonly PrinterColumn<Endpoints>[] = [
  nameColumn(),
  column('Endpoints', 'The addresses behind the service.', endpointAddresses),
  ageColumn(),
];

/** CONFIG_MAP_COLUMNS are the columns of `kubectl get configmaps`. */
export const CONFIG_MAP_COLUMNS: readonly PrinterColumn<ConfigMap>[] = [
  nameColumn(),
  {
    ...numberColumn<ConfigMap>(
      'Data',
      'The number of keys.',
      (one) => Object.keys(one.data ?? {}).length + Object.keys(one.binaryData ?? {}).length,
    ),
    type: 'string',
  },
  ageColumn(),
];

/** SECRET_COLUMNS are the columns of `kubectl get secrets`. */
export const SECRET_COLUMNS: readonly PrinterColumn<Secret>[] = [
  nameColumn(),
  column('Type', 'What the secret holds.', (one) => one.type ?? ''),
  {
    ...numberColumn<Secret>(
      'Data',
      'The number of keys.',
      (one) => Object.keys(one.data ?? {}).length,
    ),
    type: 'string',
  },
  ageColumn(),
];

/** SERVICE_ACCOUNT_COLUMNS are the columns of `kubectl get serviceaccounts`. */
export const SERVICE_ACCOUNT_COLUMNS: readonly PrinterColumn<ServiceAccount>[] = [
  nameColumn(),
  {
    ...numberColumn<ServiceAccount>(
      'Secrets',
      'The number of secrets.',
      (one) => (one.secrets ?? []).length,
    ),
    type: 'string',
  },
  ageColumn(),
];

function firstSeen(event: Event, now: Date): string {
  return ageOf(event.firstTimestamp ?? event.eventTime, now);
}

function lastSeen(event: Event, now: Date): string {
  if (event.series) return ageOf(event.series.lastObservedTime, now);
  return event.lastTimestamp ? ageOf(event.lastTimestamp, now) : firstSeen(event, now);
}

function eventObject({ involvedObject: { kind = '', name } }: Event): string {
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase();
}

function eventSource(event: Event): string {
  const component = event.source?.component || event.reportingComponent || '';
  const host = event.source?.host || event.reportingInstance || '';
  return host === '' ? component : `${component}, ${host}`;
}

/** EVENT_COLUMNS are the columns of `kubectl get events`. */
export const EVENT_COLUMNS: readonly PrinterColumn<Event>[] = [
  column('Last Seen', 'When it was last seen.', lastSeen),
  column('Type', 'Normal or Warning.', (one) => one.type ?? ''),
  column('Reason', 'A word for machines.', (one) => one.reason ?? ''),
  column('Object', 'What it is about.', eventObject),
  wideColumn(
    'Subobject',
    'The part that it is about.',
    (one) => one.involvedObject.fieldPath ?? '',
  ),
  wideColumn('Source', 'Who reports it.', eventSource),
  column('Message', 'A sentence for people.', (one) => (one.message ?? '').trim()),
  wideColumn('First Seen', 'When it was first seen.', firstSeen),
  {
    ...wideColumn<Event>('Count', 'How often it was seen.', () => ''),
    cell: (one) => one.series?.count ?? (one.count || 1),
  },
  nameColumn(1),
];

/** POD_TEMPLATE_COLUMNS are the columns of `kubectl get podtemplates`. */
export const POD_TEMPLATE_COLUMNS: readonly PrinterColumn<PodTemplate>[] = [
  nameColumn(),
  column('Containers', 'Names of each container in the template.', ({ template }) =>
    (template?.spec?.containers ?? []).map(({ name }) => name).join(','),
  ),
  column('Images', 'Images referenced by each container in the template.', ({ template }) =>
    (template?.spec?.containers ?? []).map(({ image }) => image ?? '').join(','),
  ),
  column('Pod Labels', 'The labels for the pod template.', ({ template }) =>
    labelsText(template?.metadata?.labels),
  ),
];
