import type { Event, Pod, PodTemplateSpec, Toleration, Volume } from '../../apis/core/v1/types.ts';
import { ageOf } from '../../machinery/duration.ts';
import { KUBE_DESCRIBE_LAYOUT } from '../print/tab-writer.ts';
import { writeContainers } from './containers.ts';
import { pairs, Text } from './describer.ts';
import { writeEvents } from './events.ts';
import { rfc1123 } from './go-time.ts';

function sourceLines(volume: Volume): string[] {
  const { emptyDir, secret, configMap, hostPath, projected, persistentVolumeClaim } = volume;
  if (emptyDir)
    return [
      "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
      `Medium:\t${emptyDir.medium ?? ''}`,
      `SizeLimit:\t${emptyDir.sizeLimit ?? '<unset>'}`,
    ];
  if (secret)
    return [
      'Type:\tSecret (a volume populated by a Secret)',
      `SecretName:\t${secret.secretName ?? ''}`,
      `Optional:\t${secret.optional === true}`,
    ];
  if (configMap)
    return [
      'Type:\tConfigMap (a volume populated by a ConfigMap)',
      `Name:\t${configMap.name ?? ''}`,
      `Optional:\t${configMap.optional === true}`,
    ];
  if (hostPath)
    return [
      'Type:\tHostPath (bare host directory volume)',
      `Path:\t${hostPath.path}`,
      `HostPathType:\t${hostPath.type ?? ''}`,
    ];
  if (persistentVolumeClaim)
    return [
      'Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
      `ClaimName:\t${persistentVolumeClaim.claimName}`,
      `ReadOnly:\t${persistentVolumeClaim.readOnly === true}`,
    ];
  if (!projected) return ['<unknown>'];
  return [
    'Type:\tProjected (a volume that contains injected data from multiple sources)',
    ...(projected.sources ?? []).flatMap((source) => {
      if (source.secret)
        return [`SecretName:\t${source.secret.name}`, 'SecretOptionalName:\t<nil>'];
      if (source.downwardAPI) return ['DownwardAPI:\ttrue'];
      if (source.configMap)
        return [`ConfigMapName:\t${source.configMap.name}`, 'ConfigMapOptional:\t<nil>'];
      return source.serviceAccountToken
        ? [`TokenExpirationSeconds:\t${source.serviceAccountToken.expirationSeconds}`]
        : [];
    }),
  ];
}

function writeVolumes(volumes: readonly Volume[], text: Text, indent = ''): void {
  if (volumes.length === 0) {
    text.line(`${indent}Volumes:\t<none>`);
    return;
  }
  text.line(`${indent}Volumes:`);
  for (const volume of volumes) {
    text.line(`  ${indent ? ' ' : ''}${volume.name}:`);
    for (const line of sourceLines(volume)) text.line(`    ${line}`);
  }
}

function tolerationText({
  key = '',
  operator,
  value,
  effect,
  tolerationSeconds,
}: Toleration): string {
  let result = key;
  if (value) result += `=${value}`;
  if (effect) result += `:${effect}`;
  if (operator === 'Exists' && !value) result += key === '' && !effect ? 'op=Exists' : ' op=Exists';
  if (tolerationSeconds !== undefined) result += ` for ${tolerationSeconds}s`;
  return result;
}

function writeHead(pod: Pod, now: Date, text: Text): void {
  const { metadata, spec, status } = pod;
  text.field('Name', metadata.name ?? '').field('Namespace', metadata.namespace ?? '');
  if (spec?.priority !== undefined) text.field('Priority', spec.priority);
  if (spec?.priorityClassName) text.field('Priority Class Name', spec.priorityClassName);
  if (spec?.serviceAccountName) text.field('Service Account', spec.serviceAccountName);
  text.field('Node', spec?.nodeName ? `${spec.nodeName}/${status?.hostIP ?? ''}` : '<none>');
  if (status?.startTime) text.field('Start Time', rfc1123(status.startTime));
  text
    .field('Labels', ...pairs(metadata.labels))
    .field('Annotations', ...annotationLines(metadata.annotations));
  if (metadata.deletionTimestamp) {
    text.field('Status', `Terminating (lasts ${ageOf(metadata.deletionTimestamp, now)})`);
    text.field('Termination Grace Period', `${metadata.deletionGracePeriodSeconds ?? 0}s`);
  } else text.field('Status', status?.phase ?? '');
  if (status?.reason) text.field('Reason', status.reason);
  if (status?.message) text.field('Message', status.message);
  text.field('IP', status?.podIP ?? '');
  const ips = status?.podIPs ?? [];
  if (ips.length === 0) text.line('IPs:\t<none>');
  else {
    text.line('IPs:');
    for (const { ip } of ips) text.line(`  IP:\t${ip}`);
  }
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner) text.field('Controlled By', `${owner.kind}/${owner.name}`);
}

/** annotationLines are annotations as kubectl describes them: `key: value`, long values below. */
export function annotationLines(
  annotations: Readonly<Record<string, string>> | undefined,
): string[] {
  return Object.entries(annotations ?? {})
    .filter(([key]) => key !== 'kubectl.kubernetes.io/last-applied-configuration')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, value]) => {
      const text = value.replace(/\n$/, '');
      if (text.length + key.length + 2 <= 140 && !text.includes('\n')) return [`${key}: ${text}`];
      return [
        `${key}:`,
        ...text
          .split('\n')
          .map((line) => `  ${line.length > 139 ? `${line.slice(0, 138)}...` : line}`),
      ];
    });
}

/** describePod is what `describe pod` prints. */
export function describePod(pod: Pod, events: readonly Event[], now: Date): string {
  const { spec, status } = pod;
  const text = new Text(KUBE_DESCRIBE_LAYOUT);
  writeHead(pod, now, text);
  if (spec?.initContainers?.length)
    writeContainers(
      spec.initContainers,
      { label: 'Init Containers', statuses: status?.initContainerStatuses, pod },
      text,
    );
  writeContainers(
    spec?.containers ?? [],
    { label: 'Containers', statuses: status?.containerStatuses, pod },
    text,
  );
  if (status?.conditions?.length) {
    text.line('Conditions:').line('  Type\tStatus');
    for (const { type, status: state } of status.conditions) text.line(`  ${type} \t${state} `);
  }
  writeVolumes(spec?.volumes ?? [], text);
  text
    .field('QoS Class', status?.qosClass ?? 'BestEffort')
    .field('Node-Selectors', ...pairs(spec?.nodeSelector))
    .field(
      'Tolerations',
      ...(spec?.tolerations ?? [])
        .toSorted((a, b) => ((a.key ?? '') < (b.key ?? '') ? -1 : 1))
        .map(tolerationText),
    );
  writeEvents(events, now, text);
  return text.format();
}

/** writePodTemplate adds the description of a pod template. */
export function writePodTemplate(template: PodTemplateSpec | undefined, text: Text): void {
  if (!template) {
    text.line('Pod Template:').line('  <unset>');
    return;
  }
  const { metadata, spec } = template;
  text.line('Pod Template:').field('  Labels', ...pairs(metadata?.labels));
  if (Object.keys(metadata?.annotations ?? {}).length > 0)
    text.field('  Annotations', ...annotationLines(metadata?.annotations));
  if (spec?.serviceAccountName) text.line(`  Service Account:\t${spec.serviceAccountName}`);
  if (spec?.initContainers?.length)
    writeContainers(spec.initContainers, { label: 'Init Containers', indent: '  ' }, text);
  writeContainers(spec?.containers ?? [], { label: 'Containers', indent: '  ' }, text);
  writeVolumes(spec?.volumes ?? [], text, '  ');
}
