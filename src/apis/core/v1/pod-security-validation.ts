import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { rangeError } from '../../../machinery/names.ts';
import { containersWithPaths } from './pod-containers.ts';
import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
} from './types.ts';
import { validateWindowsOptions } from './windows-validation.ts';

const MAX_ID = 2 ** 31 - 1;
const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];
const SYSCTL = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const MAX_SYSCTL = 253;

/** userOrGroup checks a numeric user or group. */
function userOrGroup(path: string, id: number | undefined): FieldError[] {
  return id === undefined || (id >= 0 && id <= MAX_ID)
    ? []
    : [invalid(path, id, rangeError(0, MAX_ID))];
}

function profileErrors(
  profile: SeccompProfile | AppArmorProfile | undefined,
  path: string,
  what: 'seccomp' | 'AppArmor',
): FieldError[] {
  if (profile === undefined) return [];
  const { type = '', localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  if (!PROFILES.includes(type)) {
    if (type === '')
      return [
        required(`${path}.type`, `type is required when ${PROFILE_FIELDS[what]} is set`),
        ...strayErrors(profile, at, what),
      ];
    return [notSupported(`${path}.type`, type, PROFILES), ...strayErrors(profile, at, what)];
  }
  if (type === 'Localhost') {
    if (!localhostProfile) return [required(at, `must be set when ${what} type is Localhost`)];
    if (what === 'AppArmor') return [];
    return localhostProfile.startsWith('/') || localhostProfile.split('/').includes('..')
      ? [
          localhostProfile.startsWith('/')
            ? invalid(at, localhostProfile, 'must be a relative path')
            : invalid(at, localhostProfile, "must not contain '..'"),
        ]
      : [];
  }
  if (localhostProfile === undefined) return [];
  if (what === 'seccomp') return strayErrors(profile, at, what);
  return [invalid(at, localhostProfile, 'can only be set when AppArmor type is Localhost')];
}

const PROFILE_FIELDS = { seccomp: 'seccompProfile', AppArmor: 'appArmorProfile' } as const;

/** A profile of this machine belongs to one type; of AppArmor only known types are looked at. */
function strayErrors(
  profile: SeccompProfile | AppArmorProfile,
  path: string,
  what: 'seccomp' | 'AppArmor',
): FieldError[] {
  if (what === 'AppArmor' || profile.localhostProfile === undefined) return [];
  return [invalid(path, goProfile(profile), 'can only be set when seccomp type is Localhost')];
}

function sysctlErrors(context: PodSecurityContext, path: string): FieldError[] {
  const names = new Set<string>();
  return (context.sysctls ?? []).flatMap(({ name = '' }, index) => {
    const at = `${indexPath(`${path}.sysctls`, index)}.name`;
    const canonical = name.replaceAll('/', '.');
    const known = names.has(canonical);
    names.add(canonical);
    if (name === '') return [required(at)];
    if (name.length > MAX_SYSCTL || !new RegExp(SYSCTL).test(name)) {
      const detail = `must have at most ${MAX_SYSCTL} characters and match regex ${SYSCTL}`;
      return [invalid(at, name, detail)];
    }
    return known ? [duplicate(at, name)] : [];
  });
}

function oneOf(path: string, value: string | undefined, allowed: readonly string[]): FieldError[] {
  return value === undefined || allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
}

const WINDOWS_REFUSED_POD = ['hostPID', 'hostIPC', 'hostUsers'] as const;
const WINDOWS_REFUSED_CONTEXT = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'shareProcessNamespace',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
] as const;
const WINDOWS_REFUSED_CONTAINER = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;

function windowsErrors(spec: PodSpec, path: string): FieldError[] {
  const text = 'cannot be set for a windows pod';
  const refuse = (object: object | undefined, fields: readonly string[], at: string) => {
    const values = { ...object } as Record<string, unknown>;
    return fields
      .filter((field) => values[field] !== undefined && values[field] !== false)
      .map((field) => forbidden(`${at}.${field}`, text));
  };
  return [
    ...refuse(spec, WINDOWS_REFUSED_POD, path),
    ...refuse(spec.securityContext, WINDOWS_REFUSED_CONTEXT, `${path}.securityContext`),
    ...containersWithPaths(spec, path).flatMap((one) =>
      refuse(
        one.container.securityContext,
        WINDOWS_REFUSED_CONTAINER,
        `${one.path}.securityContext`,
      ),
    ),
  ];
}

function linuxErrors(spec: PodSpec, path: string): FieldError[] {
  const text = 'windows options cannot be set for a linux pod';
  const errors: FieldError[] = [];
  if (spec.securityContext?.windowsOptions !== undefined)
    errors.push(forbidden(`${path}.securityContext.windowsOptions`, text));
  for (const one of containersWithPaths(spec, path)) {
    if (one.container.securityContext?.windowsOptions === undefined) continue;
    errors.push(forbidden(`${one.path}.securityContext.windowsOptions`, text));
  }
  return errors;
}

/** validateOs checks the operating system that a pod names, and what goes with it. */
export function validateOs(spec: PodSpec, path: string): FieldError[] {
  if (spec.os === undefined) return [];
  const { name = '' } = spec.os;
  if (name === '') return [required(`${path}.os.name`)];
  if (name === 'windows') return windowsErrors(spec, path);
  if (name === 'linux') return linuxErrors(spec, path);
  return [notSupported(`${path}.os`, name, ['linux', 'windows'])];
}

/** validatePodSecurity checks what a pod shares with its node, and as whom its containers run. */
export function validatePodSecurity(spec: PodSpec, path: string): FieldError[] {
  const context = spec.securityContext ?? {};
  const at = `${path}.securityContext`;
  const errors: FieldError[] = [];
  if (spec.shareProcessNamespace && spec.hostPID) {
    const detail = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(`${at}.shareProcessNamespace`, true, detail));
  }
  if (spec.hostUsers === false) {
    for (const field of ['hostNetwork', 'hostPID', 'hostIPC'] as const)
      if (spec[field]) errors.push(forbidden(`${path}.${field}`, 'when `hostUsers` is false'));
  }
  return [
    ...errors,
    ...userOrGroup(`${at}.fsGroup`, context.fsGroup),
    ...userOrGroup(`${at}.runAsUser`, context.runAsUser),
    ...userOrGroup(`${at}.runAsGroup`, context.runAsGroup),
    ...(context.supplementalGroups ?? []).flatMap((group, index) =>
      userOrGroup(indexPath(`${at}.supplementalGroups`, index), group),
    ),
    ...sysctlErrors(context, at),
    ...oneOf(`${at}.fsGroupChangePolicy`, context.fsGroupChangePolicy, [
      'Always',
      'OnRootMismatch',
    ]),
    ...profileErrors(context.seccompProfile, `${at}.seccompProfile`, 'seccomp'),
    ...validateWindowsOptions(context.windowsOptions, `${at}.windowsOptions`),
    ...profileErrors(context.appArmorProfile, `${at}.appArmorProfile`, 'AppArmor'),
    ...oneOf(`${at}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, [
      'Merge',
      'Strict',
    ]),
    ...oneOf(`${at}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['Recursive']),
  ];
}

function goProfile(profile: SeccompProfile | AppArmorProfile | undefined) {
  if (profile === undefined) return null;
  return { Type: profile.type ?? '', LocalhostProfile: profile.localhostProfile ?? null };
}

/** A security context as messages show it. */
function goContext(context: SecurityContext) {
  const { capabilities } = context;
  const { add = null, drop = null } = capabilities ?? {};
  return {
    Capabilities: capabilities ? { Add: add, Drop: drop } : null,
    Privileged: context.privileged ?? null,
    SELinuxOptions: context.seLinuxOptions ?? null,
    WindowsOptions: context.windowsOptions ?? null,
    RunAsUser: context.runAsUser ?? null,
    RunAsGroup: context.runAsGroup ?? null,
    RunAsNonRoot: context.runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
    ProcMount: context.procMount ?? null,
    SeccompProfile: goProfile(context.seccompProfile),
    AppArmorProfile: goProfile(context.appArmorProfile),
  };
}

/** validateSecurityContext checks as whom and with which rights a container runs. */
export function validateSecurityContext(
  context: SecurityContext | undefined,
  path: string,
): FieldError[] {
  if (context === undefined) return [];
  const errors = [
    ...userOrGroup(`${path}.runAsUser`, context.runAsUser),
    ...userOrGroup(`${path}.runAsGroup`, context.runAsGroup),
    ...oneOf(`${path}.procMount`, context.procMount, ['Default', 'Unmasked']),
    ...profileErrors(context.seccompProfile, `${path}.seccompProfile`, 'seccomp'),
  ];
  if (context.allowPrivilegeEscalation === false) {
    const detail = (what: string) => `cannot set \`allowPrivilegeEscalation\` to false and ${what}`;
    const admin = context.capabilities?.add?.some((one) => one === 'CAP_SYS_ADMIN');
    if (context.privileged)
      errors.push(invalid(path, goContext(context), detail('`privileged` to true')));
    if (admin) {
      const what = detail('`capabilities.Add` CAP_SYS_ADMIN');
      errors.push(invalid(path, goContext(context), what));
    }
  }
  return [
    ...errors,
    ...validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`),
    ...profileErrors(context.appArmorProfile, `${path}.appArmorProfile`, 'AppArmor'),
  ];
}
