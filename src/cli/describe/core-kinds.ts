import type {
  ConfigMap,
  Endpoints,
  Event,
  Namespace,
  Pod,
  ReplicationController,
  Secret,
  Service,
  ServiceAccount,
} from '../../apis/core/v1/types.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { KUBE_DESCRIBE_LAYOUT } from '../print/tab-writer.ts';
import { inline, pairs, Text } from './describer.ts';
import { writeEvents } from './events.ts';
import { annotationLines, writePodTemplate } from './pod.ts';

function head({ metadata }: KubeObject): Text {
  const text = new Text(KUBE_DESCRIBE_LAYOUT).field('Name', metadata.name ?? '');
  if (metadata.namespace) text.field('Namespace', metadata.namespace);
  return text;
}

function labels({ metadata }: KubeObject, text: Text): Text {
  return text
    .field('Labels', ...pairs(metadata.labels))
    .field('Annotations', ...annotationLines(metadata.annotations));
}

function endpointsText(endpoints: Endpoints | undefined, portName: string | undefined): string {
  const all = (endpoints?.subsets ?? []).flatMap(({ ports = [], addresses = [] }) =>
    ports
      .filter(({ name }) => (name ?? '') === (portName ?? ''))
      .flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
  );
  if (all.length === 0) return '<none>';
  return `${all.slice(0, 3).join(',')}${all.length > 3 ? ` + ${all.length - 3} more...` : ''}`;
}

/** describeService is what `describe service` prints. */
export function describeService(
  service: Service,
  endpoints: Endpoints | undefined,
  events: readonly Event[],
  now: Date,
): string {
  const spec = service.spec ?? {};
  const text = labels(service, head(service))
    .field('Selector', inline(spec.selector))
    .field('Type', spec.type ?? 'ClusterIP');
  if (spec.ipFamilyPolicy) text.field('IP Family Policy', spec.ipFamilyPolicy);
  text
    .field('IP Families', spec.ipFamilies?.join(',') || '<none>')
    .field('IP', spec.clusterIP ?? '')
    .field('IPs', spec.clusterIPs?.join(',') || '<none>');
  if (spec.externalName) text.field('External Name', spec.externalName);
  for (const { name, port, protocol = 'TCP', targetPort, nodePort } of spec.ports ?? []) {
    text
      .line(`Port:\t${name || '<unset>'}\t${port}/${protocol}`)
      .line(`TargetPort:\t${targetPort ?? port}/${protocol}`);
    if (nodePort) text.line(`NodePort:\t${name || '<unset>'}\t${nodePort}/${protocol}`);
    text.field('Endpoints', endpointsText(endpoints, name));
  }
  text.field('Session Affinity', spec.sessionAffinity ?? 'None');
  if (spec.externalTrafficPolicy) text.field('External Traffic Policy', spec.externalTrafficPolicy);
  writeEvents(events, now, text);
  return text.format();
}

/** podCounts is `1 Running / 0 Waiting / 0 Succeeded / 0 Failed`. */
export function podCounts(pods: readonly Pod[]): string {
  const count = (phase: string) => pods.filter(({ status }) => status?.phase === phase).length;
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`;
}

/** describeReplicationController is what `describe rc` prints. */
export function describeReplicationController(
  rc: ReplicationController,
  pods: readonly Pod[],
  events: readonly Event[],
  now: Date,
): string {
  const text = head(rc).field('Selector', inline(rc.spec?.selector));
  labels(rc, text)
    .field('Replicas', `${rc.status?.replicas ?? 0} current / ${rc.spec?.replicas ?? 0} desired`)
    .field('Pods Status', podCounts(pods));
  writePodTemplate(rc.spec?.template, text);
  if (rc.status?.conditions?.length) {
    text.line('Conditions:').line('  Type\tStatus\tReason').line('  ----\t------\t------');
    for (const { type, status, reason } of rc.status.conditions)
      text.line(`  ${type} \t${status}\t${reason ?? ''}`);
  }
  writeEvents(events, now, text);
  return text.format();
}

/** describeSecret is what `describe secret` prints: sizes, and the token of a service account. */
export function describeSecret(secret: Secret): string {
  const text = labels(secret, head(secret))
    .line()
    .field('Type', secret.type ?? '')
    .line()
    .line('Data')
    .line('====');
  for (const [key, value] of Object.entries(secret.data ?? {}).sort()) {
    const bytes = Buffer.from(value, 'base64');
    const isToken = key === 'token' && secret.type === 'kubernetes.io/service-account-token';
    text.field(key, isToken ? bytes.toString('utf8') : `${bytes.length} bytes`);
  }
  return text.format();
}

/** describeConfigMap is what `describe configmap` prints. */
export function describeConfigMap(map: ConfigMap, events: readonly Event[], now: Date): string {
  const text = labels(map, head(map)).line().line('Data').line('====');
  for (const [key, value] of Object.entries(map.data ?? {}).sort())
    text.line(`${key}:`).line('----').line(value);
  text.line().line('BinaryData').line('====');
  for (const [key, value] of Object.entries(map.binaryData ?? {}).sort())
    text.line(`${key}: ${Buffer.from(value, 'base64').length} bytes`);
  text.line();
  writeEvents(events, now, text);
  return text.format();
}

/** describeServiceAccount is what `describe sa` prints. */
export function describeServiceAccount(
  account: ServiceAccount,
  tokens: readonly string[],
  events: readonly Event[],
  now: Date,
): string {
  const text = labels(account, head(account));
  const lists: [string, readonly string[]][] = [
    ['Image pull secrets:', (account.imagePullSecrets ?? []).map(({ name = '' }) => name)],
    ['Mountable secrets: ', (account.secrets ?? []).map(({ name = '' }) => name)],
    ['Tokens:            ', tokens],
  ];
  for (const [header, names] of lists) {
    if (names.length === 0) text.line(`${header}\t<none>`);
    names.forEach((name, index) => {
      text.line(`${index === 0 ? header : ' '.repeat(header.length)}\t${name}`);
    });
  }
  writeEvents(events, now, text);
  return text.format();
}

/** describeNamespace is what `describe namespace` prints; quotas only where the server knows them. */
export function describeNamespace(namespace: Namespace, knowsQuotas: boolean): string {
  const text = labels(namespace, head(namespace)).field('Status', namespace.status?.phase ?? '');
  if (knowsQuotas) text.line().line('No resource quota.').line().line('No LimitRange resource.');
  return text.format();
}
