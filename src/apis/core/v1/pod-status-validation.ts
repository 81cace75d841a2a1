import { duplicate, type FieldError, forbidden, invalid } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { dnsSubdomainErrors, labelKeyErrors, rangeError } from '../../../machinery/names.ts';
import { legacyAddressErrors } from './ip-validation.ts';
import type { ContainerStatus, Pod, PodStatus } from './types.ts';
import { immutable, texts } from './validation-rules.ts';

function validateTransitions(
  statuses: readonly ContainerStatus[] | undefined,
  old: readonly ContainerStatus[] | undefined,
  rule: { readonly path: string; readonly mayRestartFailed: boolean },
): FieldError[] {
  return (old ?? []).flatMap((before, index) => {
    const ended = before.state?.terminated;
    if (ended === undefined) return [];
    if (ended.exitCode !== 0 && rule.mayRestartFailed) return [];
    const now = (statuses ?? []).find((one) => one.name === before.name);
    if (now === undefined || now.state?.terminated !== undefined) return [];
    const path = `${indexPath(rule.path, index)}.state`;
    return [forbidden(path, 'may not be transitioned to non-terminated state')];
  });
}

const NOT_NEGATIVE = 'must be a non-negative integer';

function generationErrors(generation = 0, path: string): FieldError[] {
  return generation < 0 ? [invalid(`${path}.observedGeneration`, generation, NOT_NEGATIVE)] : [];
}

function conditionErrors({ conditions = [] }: PodStatus): FieldError[] {
  return conditions.flatMap(({ type, observedGeneration }, index) => {
    const path = indexPath('status.conditions', index);
    // Upstream names the field of Go here.
    const names = texts(`${path}.Type`, type, labelKeyErrors(type));
    return [...generationErrors(observedGeneration, path), ...names];
  });
}

/** What is stored without lists of addresses has a list of the one all the same. */
function addressesOf(list: readonly { readonly ip?: string }[] | undefined, one = '') {
  if (list !== undefined && list.length > 0) return list.map(({ ip = '' }) => ip);
  return one === '' ? [] : [one];
}

function addressErrors(status: PodStatus): FieldError[] {
  const { podIP, podIPs, hostIP = '', hostIPs = [] } = status;
  const hosts = hostIPs.map(({ ip = '' }) => ip);
  const [first] = hosts;
  const differs = 'must be equal to `hostIP`';
  return [
    ...addressesOf(podIPs, podIP).flatMap((ip, index) =>
      legacyAddressErrors(indexPath('status.podIPs', index), ip),
    ),
    ...(first !== undefined && first !== hostIP
      ? [invalid('status.hostIPs[0].ip', first, differs)]
      : []),
    ...hosts.flatMap((ip, index) => legacyAddressErrors(indexPath('status.hostIPs', index), ip)),
  ];
}

function claimErrors({ spec, status }: Pod): FieldError[] {
  const known = new Set((spec?.resourceClaims ?? []).map(({ name }) => name));
  const seen = new Set<string>();
  return (status?.resourceClaimStatuses ?? []).flatMap(({ name, resourceClaimName }, index) => {
    const path = `${indexPath('status.resourceClaimStatuses', index)}.name`;
    const errors: FieldError[] = [];
    if (!known.has(name))
      errors.push(invalid(path, name, 'must match the name of an entry in `spec.resourceClaims`'));
    if (seen.has(name)) errors.push(duplicate(path, name));
    seen.add(name);
    if (resourceClaimName === undefined) return errors;
    return [...errors, ...texts(path, resourceClaimName, dnsSubdomainErrors(resourceClaimName))];
  });
}

const MOST_IDS = 2 ** 31 - 1;

function idErrors(id: number, path: string): FieldError[] {
  return id >= 0 && id <= MOST_IDS ? [] : [invalid(path, id, rangeError(0, MOST_IDS))];
}

function userErrors(statuses: readonly ContainerStatus[] | undefined, path: string): FieldError[] {
  return (statuses ?? []).flatMap(({ user }, index) => {
    if (user?.linux === undefined) return [];
    const at = `${indexPath(path, index)}.user.linux`;
    const { uid = 0, gid = 0, supplementalGroups = [] } = user.linux;
    return [
      ...idErrors(uid, `${at}.uid`),
      ...idErrors(gid, `${at}.gid`),
      ...supplementalGroups.flatMap((group, place) =>
        idErrors(group, indexPath(`${at}.supplementalGroups`, place)),
      ),
    ];
  });
}

const CONTAINERS = [
  'containerStatuses',
  'initContainerStatuses',
  'ephemeralContainerStatuses',
] as const;

/** validatePodStatusUpdate checks what a node says of a pod: what has ended stays so, and so does the QoS class. */
export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const { status = {} } = pod;
  const nominated = status.nominatedNodeName ?? '';
  const isNominated = nominated !== '' && nominated !== old.status?.nominatedNodeName;
  const policy = old.spec?.restartPolicy;
  const path = 'status.containerStatuses';
  const mayRestartFailed = policy === 'OnFailure';
  return [
    ...conditionErrors(status),
    ...(isNominated
      ? texts('status.nominatedNodeName', nominated, dnsSubdomainErrors(nominated))
      : []),
    ...generationErrors(status.observedGeneration, 'status'),
    ...(old.status?.qosClass
      ? immutable('status.qosClass', status.qosClass, old.status.qosClass)
      : []),
    ...(policy === 'Always'
      ? []
      : validateTransitions(status.containerStatuses, old.status?.containerStatuses, {
          path,
          mayRestartFailed,
        })),
    ...claimErrors(pod),
    ...addressErrors(status),
    ...CONTAINERS.flatMap((field) => userErrors(status[field], `status.${field}`)),
  ];
}
