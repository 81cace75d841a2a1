import type {
  Container,
  ContainerState,
  ContainerStatus,
  EnvVar,
  Pod,
  Probe,
} from '../../apis/core/v1/types.ts';
import type { Text } from './describer.ts';
import { rfc1123 } from './go-time.ts';

const title = (flag: boolean | undefined) => (flag ? 'True' : 'False');

function probeText(probe: Probe): string {
  const {
    initialDelaySeconds = 0,
    timeoutSeconds = 0,
    periodSeconds = 0,
    successThreshold = 0,
    failureThreshold = 0,
  } = probe;
  const numbers = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s #success=${successThreshold} #failure=${failureThreshold}`;
  const { exec, httpGet, tcpSocket } = probe;
  if (exec) return `exec [${(exec.command ?? []).join(' ')}] ${numbers}`;
  if (httpGet)
    return `http-get ${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${httpGet.host ?? ''}:${httpGet.port}${httpGet.path ?? ''} ${numbers}`;
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port} ${numbers}`;
  return `unknown ${numbers}`;
}

function writeState(
  name: string,
  { running, waiting, terminated }: ContainerState,
  text: Text,
): void {
  if (running) {
    text.line(`    ${name}:\tRunning`).line(`      Started:\t${rfc1123(running.startedAt)}`);
  } else if (terminated) {
    text.line(`    ${name}:\tTerminated`);
    if (terminated.reason) text.line(`      Reason:\t${terminated.reason}`);
    if (terminated.message) text.line(`      Message:\t${terminated.message}`);
    text.line(`      Exit Code:\t${terminated.exitCode}`);
    if (terminated.signal) text.line(`      Signal:\t${terminated.signal}`);
    text.line(`      Started:\t${rfc1123(terminated.startedAt)}`);
    text.line(`      Finished:\t${rfc1123(terminated.finishedAt)}`);
  } else {
    text.line(`    ${name}:\tWaiting`);
    if (waiting?.reason) text.line(`      Reason:\t${waiting.reason}`);
  }
}

function fieldValue(path: string, pod: Pod | undefined): string {
  const fields: Record<string, string | undefined> = {
    'metadata.name': pod?.metadata.name,
    'metadata.namespace': pod?.metadata.namespace,
    'spec.nodeName': pod?.spec?.nodeName,
    'spec.serviceAccountName': pod?.spec?.serviceAccountName,
    'status.hostIP': pod?.status?.hostIP,
    'status.podIP': pod?.status?.podIP,
  };
  return fields[path] ?? '';
}

function writeVariable(
  { name, value = '', valueFrom }: EnvVar,
  pod: Pod | undefined,
  text: Text,
): void {
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom ?? {};
  if (fieldRef)
    text.line(
      `      ${name}:\t${fieldValue(fieldRef.fieldPath, pod)} (${fieldRef.apiVersion ?? 'v1'}:${fieldRef.fieldPath})`,
    );
  else if (resourceFieldRef) text.line(`      ${name}:\t (${resourceFieldRef.resource})`);
  else if (secretKeyRef)
    text.line(
      `      ${name}:\t<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name}'>\tOptional: ${secretKeyRef.optional === true}`,
    );
  else if (configMapKeyRef)
    text.line(
      `      ${name}:\t<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name}'>\tOptional: ${configMapKeyRef.optional === true}`,
    );
  else
    value.split('\n').forEach((line, index) => {
      text.line(`      ${index === 0 ? `${name}:` : ''}\t${line}`);
    });
}

function writePorts({ ports = [] }: Container, text: Text): void {
  const own = ports
    .map(({ containerPort, protocol = 'TCP' }) => `${containerPort}/${protocol}`)
    .join(', ');
  const host = ports
    .map(({ hostPort = 0, protocol = 'TCP' }) => `${hostPort}/${protocol}`)
    .join(', ');
  const plural = ports.length > 1 ? 's' : '';
  text
    .line(`    Port${plural}:\t${own || '<none>'}`)
    .line(`    Host Port${plural}:\t${host || '<none>'}`);
}

function writeList(label: string, values: readonly string[] | undefined, text: Text): void {
  if (!values?.length) return;
  text.line(`    ${label}:`);
  for (const value of values) for (const line of value.split('\n')) text.line(`      ${line}`);
}

function writeResources(container: Container, text: Text): void {
  for (const kind of ['limits', 'requests'] as const) {
    const values = Object.entries(container.resources?.[kind] ?? {}).sort();
    if (values.length > 0) text.line(`    ${kind === 'limits' ? 'Limits' : 'Requests'}:`);
    for (const [name, quantity] of values) text.line(`      ${name}:\t${quantity}`);
  }
}

function writeMounts({ volumeMounts = [] }: Container, text: Text): void {
  text.line(`    Mounts:${volumeMounts.length === 0 ? '\t<none>' : ''}`);
  for (const { mountPath, name, readOnly, subPath } of volumeMounts.toSorted((a, b) =>
    a.mountPath < b.mountPath ? -1 : 1,
  )) {
    const flags = [readOnly ? 'ro' : 'rw', ...(subPath ? [`path=${JSON.stringify(subPath)}`] : [])];
    text.line(`      ${mountPath} from ${name} (${flags.join(',')})`);
  }
}

/** ContainersOptions say whose containers are described, and how deep. */
export interface ContainersOptions {
  readonly label: string;
  readonly statuses?: readonly ContainerStatus[] | undefined;
  readonly pod?: Pod;
  /** Two spaces below a pod template. */
  readonly indent?: string;
}

function writeContainer(container: Container, options: ContainersOptions, text: Text): void {
  const status = options.statuses?.find(({ name }) => name === container.name);
  text.line(`  ${options.indent ? ' ' : ''}${container.name}:`);
  if (status) text.line(`    Container ID:\t${status.containerID ?? ''}`);
  text.line(`    Image:\t${container.image ?? ''}`);
  if (status) text.line(`    Image ID:\t${status.imageID ?? ''}`);
  writePorts(container, text);
  writeList('Command', container.command, text);
  writeList('Args', container.args, text);
  if (status) {
    writeState('State', status.state ?? {}, text);
    if (status.lastState?.terminated) writeState('Last State', status.lastState, text);
    text
      .line(`    Ready:\t${title(status.ready)}`)
      .line(`    Restart Count:\t${status.restartCount}`);
  }
  writeResources(container, text);
  const { livenessProbe, readinessProbe, startupProbe, env = [], envFrom = [] } = container;
  if (livenessProbe) text.line(`    Liveness:\t${probeText(livenessProbe)}`);
  if (readinessProbe) text.line(`    Readiness:\t${probeText(readinessProbe)}`);
  if (startupProbe) text.line(`    Startup:\t${probeText(startupProbe)}`);
  if (envFrom.length > 0) {
    text.line('    Environment Variables from:');
    for (const { secretRef, configMapRef } of envFrom)
      text.line(
        `      ${(secretRef ?? configMapRef)?.name}\t${secretRef ? 'Secret' : 'ConfigMap'}\tOptional: ${(secretRef ?? configMapRef)?.optional === true}`,
      );
  }
  text.line(`    Environment:${env.length === 0 ? '\t<none>' : ''}`);
  for (const variable of env) writeVariable(variable, options.pod, text);
  writeMounts(container, text);
}

/** writeContainers adds containers with their states, as kubectl describes them. */
export function writeContainers(
  containers: readonly Container[],
  options: ContainersOptions,
  text: Text,
): void {
  text.line(`${options.indent ?? ''}${options.label}:${containers.length === 0 ? ' <none>' : ''}`);
  for (const container of containers) writeContainer(container, options, text);
}
