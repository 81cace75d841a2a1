import { indexPath, keyPath } from '../../../machinery/field-path.ts';
import type { ObjectMeta } from '../../../machinery/meta/v1.ts';
import { isQuantity, parseQuantity } from '../../../machinery/quantity.ts';
import { addressWarnings } from './ip-validation.ts';
import { deprecatedNodeLabel } from './node-label-warnings.ts';
import { nodeSelectorTermWarnings } from './node-selector-validation.ts';
import { containersWithPaths } from './pod-containers.ts';
import { portWarnings } from './port-warnings.ts';
import type { Affinity, Container, PodAffinityTerm, PodSpec, PodTemplateSpec } from './types.ts';
import { volumePathWarnings } from './volume-path-warnings.ts';

const NO_LABELS = 'a null labelSelector results in matching no pod';
const DEPRECATED_ANNOTATIONS: readonly [string, string][] = [
  [
    'scheduler.alpha.kubernetes.io/critical-pod',
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  ],
  [
    'security.alpha.kubernetes.io/sysctls',
    'non-functional in v1.11+; use the "sysctls" field instead',
  ],
  [
    'security.alpha.kubernetes.io/unsafe-sysctls',
    'non-functional in v1.11+; use the "sysctls" field instead',
  ],
];
const DEPRECATED_VOLUMES: readonly [string, string][] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];
const SECCOMP_POD = 'seccomp.security.alpha.kubernetes.io/pod';
const SECCOMP_CONTAINER = 'container.seccomp.security.alpha.kubernetes.io/';
const APP_ARMOR = 'container.apparmor.security.beta.kubernetes.io/';

function placeWarnings(spec: PodSpec, path: string): string[] {
  const warnings = Object.keys(spec.nodeSelector ?? {}).flatMap((key) => {
    const text = deprecatedNodeLabel(key);
    return text === undefined ? [] : [`${keyPath(`${path}.nodeSelector`, key)}: ${text}`];
  });
  const affinity = `${path}.affinity.nodeAffinity`;
  const node = spec.affinity?.nodeAffinity;
  const terms = node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const required = `${affinity}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  for (const [index, term] of terms.entries())
    warnings.push(...nodeSelectorTermWarnings(term, indexPath(required, index)));
  const preferred = `${affinity}.preferredDuringSchedulingIgnoredDuringExecution`;
  const wishes = node?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  for (const [index, { preference }] of wishes.entries())
    warnings.push(
      ...nodeSelectorTermWarnings(
        preference,
        `${indexPath(preferred, index)}.preference`,
        'any values',
      ),
    );
  for (const [index, { topologyKey, labelSelector }] of (
    spec.topologySpreadConstraints ?? []
  ).entries()) {
    const at = indexPath(`${path}.topologySpreadConstraints`, index);
    const text = deprecatedNodeLabel(topologyKey);
    if (text !== undefined) warnings.push(`${at}.topologyKey: ${topologyKey} is ${text}`);
    if (labelSelector === undefined) warnings.push(`${at}.labelSelector: ${NO_LABELS}`);
  }
  return warnings;
}

function neighbourWarnings(affinity: Affinity | undefined, path: string): string[] {
  const without = (term: PodAffinityTerm, at: string) =>
    term.labelSelector === undefined ? [`${at}.labelSelector: ${NO_LABELS}`] : [];
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const terms = affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const wishes = affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    const at = `${path}.affinity.${kind}`;
    const required = `${at}.requiredDuringSchedulingIgnoredDuringExecution`;
    const preferred = `${at}.preferredDuringSchedulingIgnoredDuringExecution`;
    return [
      ...terms.flatMap((term, index) => without(term, indexPath(required, index))),
      ...wishes.flatMap(({ podAffinityTerm }, index) =>
        without(podAffinityTerm, `${indexPath(preferred, index)}.podAffinityTerm`),
      ),
    ];
  });
}

function volumeWarnings(spec: PodSpec, path: string): string[] {
  return (spec.volumes ?? []).flatMap((volume, index) =>
    DEPRECATED_VOLUMES.filter(([type]) => type in volume).map(
      ([type, text]) =>
        `${indexPath(`${path}.volumes`, index)}.${type === 'storageos' ? 'storageOS' : type}: ${text}`,
    ),
  );
}

/** repeated answers the places of values that came before. */
function repeated(values: readonly string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}

function listWarnings(spec: PodSpec, path: string): string[] {
  const ips = (spec.hostAliases ?? []).map(({ ip }) => ip);
  const secrets = (spec.imagePullSecrets ?? []).map(({ name = '' }) => name);
  const aliasAt = (index: number) => `${indexPath(`${path}.hostAliases`, index)}.ip`;
  const secretAt = (index: number) => `${indexPath(`${path}.imagePullSecrets`, index)}.name`;
  return [
    ...repeated(ips).map((index) => `${aliasAt(index)}: duplicate ip "${ips[index]}"`),
    ...repeated(secrets).map((index) => `${secretAt(index)}: duplicate name "${secrets[index]}"`),
    ...secrets.flatMap((name, index) =>
      name === '' ? [`${secretAt(index)}: invalid empty name ""`] : [],
    ),
  ];
}

function fraction(path: string, text: string | undefined): string[] {
  if (text === undefined || !isQuantity(text)) return [];
  if (parseQuantity(text).nano % 1_000_000_000n === 0n) return [];
  return [`${path}: fractional byte value "${text}" is invalid, must be an integer`];
}

function envWarnings({ env }: Container, path: string): string[] {
  const warnings: string[] = [];
  if (!env || env.length < 2) return warnings;
  const seen = new Set<string>();
  for (const [index, { name, value = '', valueFrom }] of env.entries()) {
    if (!seen.has(name)) {
      seen.add(name);
      continue;
    }
    const reference = `$(${name})`;
    const builds = valueFrom === undefined && value !== reference && value.includes(reference);
    if (builds) continue;
    const at = indexPath(`${path}.env`, index);
    warnings.push(
      `${at}: hides previous definition of "${name}", which may be dropped when using apply`,
    );
  }
  return warnings;
}

function containerWarnings(container: Container, path: string): string[] {
  const resources = `${path}.resources`;
  return [
    ...(['memory', 'ephemeral-storage'] as const).flatMap((name) =>
      (['limits', 'requests'] as const).flatMap((part) =>
        fraction(keyPath(`${resources}.${part}`, name), container.resources?.[part]?.[name]),
      ),
    ),
    ...envWarnings(container, path),
  ];
}

function profileWarnings(template: PodTemplateSpec, path: string, isTemplate: boolean): string[] {
  const { annotations } = template.metadata ?? {};
  if (annotations === undefined) return [];
  const { securityContext } = template.spec ?? {};
  const at = (key: string) => keyPath(`${path}metadata.annotations`, key);
  const seccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead';
  const warnings: string[] = [];
  if (securityContext?.seccompProfile === undefined && annotations[SECCOMP_POD] !== undefined)
    warnings.push(`${at(SECCOMP_POD)}: ${seccomp}`);
  for (const { container } of containersWithPaths(template.spec, '')) {
    const own = container.securityContext;
    const key = SECCOMP_CONTAINER + container.name;
    if (own?.seccompProfile === undefined && annotations[key] !== undefined)
      warnings.push(`${at(key)}: ${seccomp}`);
    const armor = APP_ARMOR + container.name;
    const given =
      own?.appArmorProfile ?? (isTemplate ? securityContext?.appArmorProfile : undefined);
    if (given === undefined && annotations[armor] !== undefined) {
      const text = 'deprecated since v1.30; use the "appArmorProfile" field instead';
      warnings.push(`${at(armor)}: ${text}`);
    }
  }
  return warnings;
}

/**
 * podTemplateWarnings names what is valid in a pod, or in the template of one at `path` (which ends
 * with a dot, or is empty for a pod), but hardly meant so.
 */
export function podTemplateWarnings(
  template: { readonly metadata?: ObjectMeta; readonly spec?: PodSpec } | undefined,
  path = '',
): string[] {
  const spec = template?.spec;
  if (spec === undefined) return [];
  const at = `${path}spec`;
  const annotations = template?.metadata?.annotations ?? {};
  const grace = spec.terminationGracePeriodSeconds ?? 0;
  return [
    ...placeWarnings(spec, at),
    ...DEPRECATED_ANNOTATIONS.filter(([key]) => annotations[key] !== undefined).map(
      ([key, text]) => `${keyPath(`${path}metadata.annotations`, key)}: ${text}`,
    ),
    ...volumeWarnings(spec, at),
    ...volumePathWarnings(spec),
    ...listWarnings(spec, at),
    ...(['memory', 'ephemeral-storage'] as const).flatMap((name) =>
      fraction(keyPath(`${at}.overhead`, name), spec.overhead?.[name]),
    ),
    ...profileWarnings(template as PodTemplateSpec, path, path !== ''),
    ...containersWithPaths(spec, at).flatMap((one) => containerWarnings(one.container, one.path)),
    ...portWarnings(spec, at),
    ...(grace < 0
      ? [
          `${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
        ]
      : []),
    ...neighbourWarnings(spec.affinity, at),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((server, index) =>
      addressWarnings(indexPath(`${at}.dnsConfig.nameservers`, index), server),
    ),
    ...(spec.hostAliases ?? []).flatMap(({ ip }, index) =>
      addressWarnings(`${indexPath(`${at}.hostAliases`, index)}.ip`, ip),
    ),
  ];
}
