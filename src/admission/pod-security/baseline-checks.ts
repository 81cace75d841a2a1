import type { Container, LifecycleHandler, Probe } from '../../apis/core/v1/types.ts';
import type { Check } from './checks.ts';
import {
  containerList,
  containersOf,
  contextsOf,
  namesOf,
  type PodParts,
  plural,
  quoted,
  settersOf,
  sorted,
  type Violation,
} from './pod-parts.ts';

const APPARMOR_ANNOTATION = 'container.apparmor.security.beta.kubernetes.io/';

function appArmor(pod: PodParts): Violation | undefined {
  const typeOf = (context: { appArmorProfile?: { type: string } }) => context.appArmorProfile?.type;
  const isBad = (type: string | undefined) =>
    type !== undefined && type !== 'RuntimeDefault' && type !== 'Localhost';
  const setters = settersOf(pod, (one) => isBad(typeOf(one)));
  const types = contextsOf(pod).map(typeOf).filter(isBad) as string[];
  const annotations = Object.entries(pod.metadata.annotations ?? {})
    .filter(([key]) => key.startsWith(APPARMOR_ANNOTATION))
    .filter(
      ([, value]) => !['', 'runtime/default'].includes(value) && !value.startsWith('localhost/'),
    )
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .sort();
  const who = [
    ...(setters === '' ? [] : [setters]),
    ...(annotations.length > 0 ? [plural(annotations.length, 'annotation')] : []),
  ];
  if (who.length === 0) return undefined;
  const values = [...sorted(types), ...annotations];
  return {
    reason: plural(values.length, 'forbidden AppArmor profile'),
    detail: `${who.join(' and ')} must not set AppArmor profile type to ${quoted(values)}`,
  };
}

const CAPABILITIES = new Set([
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
]);

function capabilities(pod: PodParts): Violation | undefined {
  const added = (one: Container) =>
    (one.securityContext?.capabilities?.add ?? []).filter((name) => !CAPABILITIES.has(name));
  const names = namesOf(pod, (one) => added(one).length > 0);
  if (names.length === 0) return undefined;
  const values = quoted(sorted(containersOf(pod).flatMap(added)));
  return {
    reason: 'non-default capabilities',
    detail: `${containerList(names)} must not include ${values} in securityContext.capabilities.add`,
  };
}

function hostNamespaces({ spec }: PodParts): Violation | undefined {
  const used = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((one) => spec[one]);
  if (used.length === 0) return undefined;
  return { reason: 'host namespaces', detail: used.map((one) => `${one}=true`).join(', ') };
}

function hostPaths({ spec }: PodParts): Violation | undefined {
  const names = (spec.volumes ?? []).filter((one) => one.hostPath).map((one) => one.name);
  if (names.length === 0) return undefined;
  const detail = `${plural(names.length, 'volume')} ${quoted(names)}`;
  return { reason: 'hostPath volumes', detail };
}

function hostPorts(pod: PodParts): Violation | undefined {
  const portsOf = (one: Container) =>
    (one.ports ?? []).filter((port) => port.hostPort).map((port) => String(port.hostPort));
  const names = namesOf(pod, (one) => portsOf(one).length > 0);
  if (names.length === 0) return undefined;
  const ports = sorted(containersOf(pod).flatMap(portsOf));
  const uses = plural(names.length, 'uses', 'use');
  return {
    reason: 'hostPort',
    detail: `${containerList(names)} ${uses} ${plural(ports.length, 'hostPort')} ${ports.join(', ')}`,
  };
}

function hostsOf({ livenessProbe, readinessProbe, startupProbe, lifecycle }: Container): string[] {
  const handlers: (Probe | LifecycleHandler | undefined)[] = [
    livenessProbe,
    readinessProbe,
    startupProbe,
    lifecycle?.postStart,
    lifecycle?.preStop,
  ];
  return handlers
    .flatMap((one) => [one?.httpGet?.host, one?.tcpSocket?.host])
    .filter((host): host is string => host !== undefined && host !== '');
}

function probeHosts(pod: PodParts): Violation | undefined {
  const names = sorted(namesOf(pod, (one) => hostsOf(one).length > 0));
  if (names.length === 0) return undefined;
  const hosts = sorted(containersOf(pod).flatMap(hostsOf));
  const uses = plural(names.length, 'uses', 'use');
  const what = plural(hosts.length, 'probe or lifecycle host');
  return {
    reason: 'probe or lifecycle host',
    detail: `${containerList(names)} ${uses} ${what} ${quoted(hosts)}`,
  };
}

function privileged(pod: PodParts): Violation | undefined {
  const names = namesOf(pod, (one) => one.securityContext?.privileged === true);
  if (names.length === 0) return undefined;
  const detail = `${containerList(names)} must not set securityContext.privileged=true`;
  return { reason: 'privileged', detail };
}

function procMount(pod: PodParts): Violation | undefined {
  const typeOf = (one: Container) => one.securityContext?.procMount ?? 'Default';
  const names = namesOf(pod, (one) => typeOf(one) !== 'Default');
  if (names.length === 0) return undefined;
  const types = sorted(containersOf(pod).map(typeOf)).filter((one) => one !== 'Default');
  return {
    reason: 'procMount',
    detail: `${containerList(names)} must not set securityContext.procMount to ${quoted(types)}`,
  };
}

const SELINUX_TYPES = ['', 'container_t', 'container_init_t', 'container_kvm_t'];

function seLinux(pod: PodParts, minor: number): Violation | undefined {
  const allowed = minor >= 31 ? [...SELINUX_TYPES, 'container_engine_t'] : SELINUX_TYPES;
  const options = contextsOf(pod).flatMap((one) => one.seLinuxOptions ?? []);
  const setters = settersOf(pod, ({ seLinuxOptions: one }) =>
    one === undefined ? false : Boolean(one.user || one.role) || !allowed.includes(one.type ?? ''),
  );
  if (setters === '') return undefined;
  const types = sorted(options.map((one) => one.type ?? '')).filter(
    (one) => !allowed.includes(one),
  );
  const data = [
    ...(types.length > 0 ? [`${plural(types.length, 'type')} ${quoted(types)}`] : []),
    ...(options.some((one) => one.user) ? ['user may not be set'] : []),
    ...(options.some((one) => one.role) ? ['role may not be set'] : []),
  ];
  return {
    reason: 'seLinuxOptions',
    detail: `${setters} set forbidden securityContext.seLinuxOptions: ${data.join('; ')}`,
  };
}

/** SECCOMP_TYPES are the seccomp profiles that are allowed. */
export const SECCOMP_TYPES: readonly string[] = ['Localhost', 'RuntimeDefault'];

/** badSeccomp is the violation of a profile that is set and not allowed. */
export function badSeccomp(pod: PodParts): Violation | undefined {
  const isBad = (type: string | undefined) => type !== undefined && !SECCOMP_TYPES.includes(type);
  const setters = settersOf(pod, (one) => isBad(one.seccompProfile?.type));
  if (setters === '') return undefined;
  const types = contextsOf(pod).flatMap((one) => one.seccompProfile?.type ?? []);
  const values = quoted(sorted(types.filter(isBad)));
  const detail = `${setters} must not set securityContext.seccompProfile.type to ${values}`;
  return { reason: 'seccompProfile', detail };
}

const POD_SECCOMP = 'seccomp.security.alpha.kubernetes.io/pod';
const CONTAINER_SECCOMP = 'container.seccomp.security.alpha.kubernetes.io/';

function seccompAnnotations(pod: PodParts): Violation | undefined {
  const { annotations = {} } = pod.metadata;
  const keys = [POD_SECCOMP, ...containersOf(pod).map((one) => `${CONTAINER_SECCOMP}${one.name}`)];
  const isGood = (value: string) =>
    value === 'runtime/default' || value === 'docker/default' || value.startsWith('localhost/');
  const bad = keys.filter((key) => annotations[key] !== undefined && !isGood(annotations[key]));
  if (bad.length === 0) return undefined;
  const list = sorted(bad.map((key) => `${key}=${JSON.stringify(annotations[key])}`));
  const detail = `forbidden ${plural(list.length, 'annotation')} ${list.join(', ')}`;
  return { reason: 'seccompProfile', detail };
}

/** SYSCTLS are the sysctls that a pod may set, by the minor version that allowed them. */
const SYSCTLS: readonly (readonly [since: number, names: readonly string[]])[] = [
  [
    0,
    [
      'kernel.shm_rmid_forced',
      'net.ipv4.ip_local_port_range',
      'net.ipv4.tcp_syncookies',
      'net.ipv4.ping_group_range',
      'net.ipv4.ip_unprivileged_port_start',
    ],
  ],
  [27, ['net.ipv4.ip_local_reserved_ports']],
  [
    29,
    [
      'net.ipv4.tcp_keepalive_time',
      'net.ipv4.tcp_fin_timeout',
      'net.ipv4.tcp_keepalive_intvl',
      'net.ipv4.tcp_keepalive_probes',
    ],
  ],
  [32, ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']],
];

function sysctls({ spec }: PodParts, minor: number): Violation | undefined {
  const allowed = SYSCTLS.filter(([since]) => minor >= since).flatMap(([, names]) => names);
  const set = (spec.securityContext?.sysctls ?? []).map((one) => one.name);
  const bad = set.filter((name) => !allowed.includes(name));
  return bad.length === 0 ? undefined : { reason: 'forbidden sysctls', detail: bad.join(', ') };
}

function hostProcess(pod: PodParts): Violation | undefined {
  const setters = settersOf(pod, (one) => one.windowsOptions?.hostProcess === true);
  if (setters === '') return undefined;
  const detail = `${setters} must not set securityContext.windowsOptions.hostProcess=true`;
  return { reason: 'hostProcess', detail };
}

/** BASELINE_CHECKS are those of the level `baseline`, in the order of upstream's messages. */
export const BASELINE_CHECKS: readonly Check[] = [
  { id: 'appArmorProfile', check: appArmor },
  { id: 'capabilities_baseline', check: capabilities },
  { id: 'hostNamespaces', check: hostNamespaces },
  { id: 'hostPathVolumes', check: hostPaths },
  { id: 'hostPorts', check: hostPorts },
  { id: 'hostProbesAndHostLifecycle', since: 34, check: probeHosts },
  { id: 'privileged', check: privileged },
  { id: 'procMount', check: procMount },
  { id: 'seLinuxOptions', check: seLinux },
  {
    id: 'seccompProfile_baseline',
    check: (pod, minor) => (minor >= 19 ? badSeccomp(pod) : seccompAnnotations(pod)),
  },
  { id: 'sysctls', check: sysctls },
  { id: 'windowsHostProcess', check: hostProcess },
];
