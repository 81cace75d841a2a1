import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import {
  dnsLabelErrors,
  dnsSubdomainErrors,
  labelKeyErrors,
  labelValueErrors,
  rangeError,
  searchPathErrors,
} from '../../../machinery/names.ts';
import { validateAffinity, validateSpread } from './affinity-validation.ts';
import { validateContainers, validateInitContainers } from './container-validation.ts';
import { validateEphemeralContainers } from './ephemeral-container-validation.ts';
import { legacyAddressErrors } from './ip-validation.ts';
import { validateOs, validatePodSecurity } from './pod-security-validation.ts';
import { validatePodResources, validateResourceRequirements } from './resource-validation.ts';
import type { PodSpec, PodTemplateSpec, Toleration } from './types.ts';
import { annotationErrors, dnsLabel, labelErrors, texts } from './validation-rules.ts';
import { validateVolumes } from './volume-validation.ts';
import { validateHostProcess } from './windows-validation.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const MAX_DEADLINE = 2 ** 31 - 1;

function oneOf(path: string, value: string | undefined, allowed: readonly string[]): FieldError[] {
  if (!value) return [required(path)];
  return allowed.includes(value) ? [] : [notSupported(path, value, allowed, 'as given')];
}

function validateToleration(toleration: Toleration, path: string): FieldError[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const errors = key === '' ? [] : texts(`${path}.key`, key, labelKeyErrors(key));
  if (key === '' && operator !== 'Exists') {
    const detail =
      'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(invalid(`${path}.operator`, operator, detail));
  }
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    const detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(invalid(`${path}.effect`, effect, detail));
  }
  if (operator === 'Equal' || operator === '') {
    errors.push(...texts(`${path}.operator`, value, labelValueErrors(value)));
  } else if (operator === 'Exists') {
    if (value !== '')
      errors.push(
        invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'"),
      );
  } else {
    errors.push(notSupported(`${path}.operator`, operator, ['Equal', 'Exists']));
  }
  if (effect !== '' && !EFFECTS.includes(effect))
    errors.push(notSupported(`${path}.effect`, effect, EFFECTS, 'as given'));
  return errors;
}

/** validateTolerations checks which taints of nodes are tolerated, and for how long. */
export function validateTolerations(
  tolerations: readonly Toleration[] | undefined,
  path: string,
): FieldError[] {
  return (tolerations ?? []).flatMap((one, index) =>
    validateToleration(one, indexPath(path, index)),
  );
}

function validateHostNetwork(spec: PodSpec, path: string): FieldError[] {
  if (!spec.hostNetwork) return [];
  return (spec.containers ?? []).flatMap((container, index) =>
    (container.ports ?? []).flatMap((port, portIndex) =>
      port.hostPort === port.containerPort
        ? []
        : [
            invalid(
              `${indexPath(`${path}.containers`, index)}.${indexPath('ports', portIndex)}.hostPort`,
              port.hostPort ?? 0,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ],
    ),
  );
}

function validateReferences(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { serviceAccountName, nodeName, priorityClassName, runtimeClassName } = spec;
  if (serviceAccountName)
    errors.push(
      ...texts(
        `${path}.serviceAccountName`,
        serviceAccountName,
        dnsSubdomainErrors(serviceAccountName),
      ),
    );
  if (nodeName) errors.push(...texts(`${path}.nodeName`, nodeName, dnsSubdomainErrors(nodeName)));
  if (priorityClassName)
    errors.push(
      ...texts(
        `${path}.priorityClassName`,
        priorityClassName,
        dnsSubdomainErrors(priorityClassName),
      ),
    );
  if (runtimeClassName !== undefined) {
    const at = `${path}.runtimeClassName`;
    errors.push(...texts(at, runtimeClassName, dnsSubdomainErrors(runtimeClassName)));
  }
  return [...errors, ...preemptionErrors(spec.preemptionPolicy, `${path}.preemptionPolicy`)];
}

const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];

/** preemptionErrors checks whether pods may put others off a node. */
export function preemptionErrors(policy: string | undefined, path: string): FieldError[] {
  if (policy === undefined || PREEMPTION_POLICIES.includes(policy)) return [];
  if (policy === '') return [required(path)];
  return [notSupported(path, policy, PREEMPTION_POLICIES, 'as given')];
}

const MAX_SERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_LENGTH = 2048;

function validateDnsConfig(spec: PodSpec, path: string): FieldError[] {
  const { dnsConfig, dnsPolicy } = spec;
  const at = `${path}.dnsConfig`;
  const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
  if (dnsConfig === undefined) {
    if (dnsPolicy !== 'None') return [];
    return [required(at, 'must provide `dnsConfig` when `dnsPolicy` is None')];
  }
  const { nameservers = [], searches = [], options = [] } = dnsConfig;
  const errors: FieldError[] = [];
  if (dnsPolicy === 'None' && nameservers.length === 0)
    errors.push(required(`${at}.nameservers`, detail));
  if (nameservers.length > MAX_SERVERS) {
    const text = `must not have more than ${MAX_SERVERS} nameservers`;
    errors.push(invalid(`${at}.nameservers`, nameservers, text));
  }
  for (const [index, server] of nameservers.entries())
    errors.push(...legacyAddressErrors(indexPath(`${at}.nameservers`, index), server));
  if (searches.length > MAX_SEARCHES) {
    const text = `must not have more than ${MAX_SEARCHES} search paths`;
    errors.push(invalid(`${at}.searches`, searches, text));
  }
  if (searches.join(' ').length > MAX_SEARCH_LENGTH) {
    const text = `must not have more than ${MAX_SEARCH_LENGTH} characters (including spaces) in the search list`;
    errors.push(invalid(`${at}.searches`, searches, text));
  }
  for (const [index, search] of searches.entries()) {
    const name = search === '.' ? '' : search.replace(/\.$/, '');
    if (name !== '' || search !== '.')
      errors.push(...texts(indexPath(`${at}.searches`, index), search, searchPathErrors(name)));
  }
  for (const [index, { name }] of options.entries())
    if (!name) errors.push(required(indexPath(`${at}.options`, index), 'must not be empty'));
  return errors;
}

function validateNames(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.hostname) errors.push(...dnsLabel(`${path}.hostname`, spec.hostname));
  if (spec.subdomain)
    errors.push(...texts(`${path}.subdomain`, spec.subdomain, dnsLabelErrors(spec.subdomain)));
  for (const [index, { ip, hostnames = [] }] of (spec.hostAliases ?? []).entries()) {
    const at = indexPath(`${path}.hostAliases`, index);
    errors.push(...legacyAddressErrors(`${at}.ip`, ip));
    for (const [one, name] of hostnames.entries())
      errors.push(...texts(indexPath(`${at}.hostnames`, one), name, dnsSubdomainErrors(name)));
  }
  return errors;
}

/** Conditions that a pod's readiness waits for, and gates that hold it back. */
function validateGates(spec: PodSpec, path: string): FieldError[] {
  const seen = new Set<string>();
  const errors = (spec.readinessGates ?? []).flatMap(({ conditionType: type }, index) =>
    texts(
      `${indexPath(`${path}.readinessGates`, index)}.conditionType`,
      type,
      labelKeyErrors(type),
    ),
  );
  for (const [index, { name }] of (spec.schedulingGates ?? []).entries()) {
    const at = indexPath(`${path}.schedulingGates`, index);
    errors.push(...texts(at, name, labelKeyErrors(name)));
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
  }
  return errors;
}

function validateClaims(spec: PodSpec, path: string): FieldError[] {
  const seen = new Set<string>();
  return (spec.resourceClaims ?? []).flatMap((claim, index) => {
    const at = indexPath(`${path}.resourceClaims`, index);
    const { name, resourceClaimName: own, resourceClaimTemplateName: template } = claim;
    const shown = {
      Name: name,
      ResourceClaimName: own ?? null,
      ResourceClaimTemplateName: template ?? null,
    };
    const errors: FieldError[] = [];
    if (!name) errors.push(required(`${at}.name`));
    else if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    else errors.push(...dnsLabel(`${at}.name`, name));
    seen.add(name);
    if (own !== undefined && template !== undefined) {
      const detail =
        'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
      errors.push(invalid(at, shown, detail));
    }
    if (own === undefined && template === undefined) {
      const detail = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
      errors.push(invalid(at, shown, detail));
    }
    if (own !== undefined)
      errors.push(...texts(`${at}.resourceClaimName`, own, dnsSubdomainErrors(own)));
    if (template !== undefined)
      errors.push(
        ...texts(`${at}.resourceClaimTemplateName`, template, dnsSubdomainErrors(template)),
      );
    return errors;
  });
}

function validateTimes(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_DEADLINE))
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, rangeError(1, MAX_DEADLINE)));
  if (spec.terminationGracePeriodSeconds === undefined)
    errors.push(required(`${path}.terminationGracePeriodSeconds`));
  return errors;
}

/**
 * validatePodSpec checks a pod spec that has its defaults, in a pod or in a template, where there is no
 * name of a pod.
 */
export function validatePodSpec(spec: PodSpec, path: string, podName = ''): FieldError[] {
  const { errors, sound: volumes } = validateVolumes(spec.volumes, `${path}.volumes`, podName);
  const claims = new Set((spec.resourceClaims ?? []).map((one) => one.name));
  const grace = spec.terminationGracePeriodSeconds ?? 0;
  const rule = { volumes, claims, grace };
  return [
    ...errors,
    ...validateClaims(spec, path),
    ...validateContainers(spec.containers, { ...rule, path: `${path}.containers` }),
    ...validateInitContainers(spec.initContainers, spec.containers ?? [], {
      ...rule,
      path: `${path}.initContainers`,
    }),
    ...validateEphemeralContainers(spec, rule, `${path}.ephemeralContainers`),
    ...validatePodResources(spec.resources, `${path}.resources`),
    ...oneOf(`${path}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES),
    ...oneOf(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES),
    ...labelErrors(`${path}.nodeSelector`, spec.nodeSelector),
    ...validateHostNetwork(spec, path),
    ...validatePodSecurity(spec, path),
    ...validateAffinity(spec, path),
    ...validateDnsConfig(spec, path),
    ...validateGates(spec, path),
    ...validateSpread(spec, path),
    ...validateNames(spec, path),
    ...validateReferences(spec, path),
    ...validateTolerations(spec.tolerations, `${path}.tolerations`),
    ...validateTimes(spec, path),
    ...(spec.overhead
      ? validateResourceRequirements({ limits: spec.overhead }, `${path}.overhead`)
      : []),
    ...validateOs(spec, path),
    ...validateHostProcess(spec, path),
  ];
}

/** validatePodTemplateSpec checks a template of pods that has its defaults. */
export function validatePodTemplateSpec(template: PodTemplateSpec, path: string): FieldError[] {
  const { metadata, spec } = template;
  const errors = [
    ...labelErrors(`${path}.labels`, metadata?.labels),
    ...annotationErrors(`${path}.annotations`, metadata?.annotations),
  ];
  if (spec === undefined) return [...errors, required(`${path}.spec.containers`)];
  errors.push(...validatePodSpec(spec, `${path}.spec`));
  if ((spec.ephemeralContainers ?? []).length > 0) {
    const detail = 'ephemeral containers not allowed in pod template';
    errors.push(forbidden(`${path}.spec.ephemeralContainers`, detail));
  }
  return errors;
}
