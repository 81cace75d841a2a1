import {
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
} from '../../../machinery/names.ts';
import { userOrGroup, validateContainers, validateInitContainers } from './container-validation.ts';
import type { PodSecurityContext, PodSpec, PodTemplateSpec, Toleration } from './types.ts';
import { annotationErrors, dnsLabel, labelErrors, nonNegative, texts } from './validation-rules.ts';
import { validateVolumes } from './volume-validation.ts';

const RESTART_POLICIES = ['Always', 'Never', 'OnFailure'];
const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];
const EFFECTS = ['NoExecute', 'NoSchedule', 'PreferNoSchedule'];
const MAX_DEADLINE = 2 ** 31 - 1;

function oneOf(path: string, value: string | undefined, allowed: readonly string[]): FieldError[] {
  if (!value) return [required(path)];
  return allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
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
        invalid(`${path}.operator`, toleration, "value must be empty when `operator` is 'Exists'"),
      );
  } else {
    errors.push(notSupported(`${path}.operator`, operator, ['Equal', 'Exists']));
  }
  if (effect !== '' && !EFFECTS.includes(effect))
    errors.push(notSupported(`${path}.effect`, effect, EFFECTS));
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

function validatePodSecurity(context: PodSecurityContext | undefined, path: string): FieldError[] {
  if (context === undefined) return [];
  return [
    ...userOrGroup(`${path}.runAsUser`, context.runAsUser),
    ...userOrGroup(`${path}.runAsGroup`, context.runAsGroup),
    ...userOrGroup(`${path}.fsGroup`, context.fsGroup),
    ...(context.supplementalGroups ?? []).flatMap((group, index) =>
      userOrGroup(indexPath(`${path}.supplementalGroups`, index), group),
    ),
  ];
}

function validateHostNetwork(spec: PodSpec, path: string): FieldError[] {
  if (!spec.hostNetwork) return [];
  return (spec.containers ?? []).flatMap((container, index) =>
    (container.ports ?? []).flatMap((port, portIndex) =>
      port.hostPort === port.containerPort
        ? []
        : [
            invalid(
              `${indexPath(`${path}.containers`, index)}.${indexPath('ports', portIndex)}.containerPort`,
              port.containerPort,
              'must match `hostPort` when `hostNetwork` is true',
            ),
          ],
    ),
  );
}

function validateReferences(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { serviceAccountName, nodeName, priorityClassName } = spec;
  if (serviceAccountName)
    errors.push(
      ...texts(
        `${path}.serviceAccountName`,
        serviceAccountName,
        dnsSubdomainErrors(serviceAccountName),
      ),
    );
  if (nodeName) errors.push(...texts(`${path}.nodeName`, nodeName, dnsSubdomainErrors(nodeName)));
  for (const [index, { name }] of (spec.imagePullSecrets ?? []).entries())
    if (!name) errors.push(required(`${indexPath(`${path}.imagePullSecrets`, index)}.name`));
  if (priorityClassName)
    errors.push(
      ...texts(
        `${path}.priorityClassName`,
        priorityClassName,
        dnsSubdomainErrors(priorityClassName),
      ),
    );
  return errors;
}

function validateDns(spec: PodSpec, path: string): FieldError[] {
  const errors = oneOf(`${path}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES);
  const nameservers = spec.dnsConfig?.nameservers ?? [];
  if (spec.dnsPolicy === 'None') {
    const detail = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    if (spec.dnsConfig === undefined)
      errors.push(
        required(`${path}.dnsConfig`, 'must provide `dnsConfig` when `dnsPolicy` is None'),
      );
    else if (nameservers.length === 0)
      errors.push(required(`${path}.dnsConfig.nameservers`, detail));
  }
  if (spec.hostname) errors.push(...dnsLabel(`${path}.hostname`, spec.hostname));
  if (spec.subdomain)
    errors.push(...texts(`${path}.subdomain`, spec.subdomain, dnsLabelErrors(spec.subdomain)));
  return errors;
}

function validateTimes(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_DEADLINE))
    errors.push(invalid(`${path}.activeDeadlineSeconds`, deadline, rangeError(1, MAX_DEADLINE)));
  if (spec.terminationGracePeriodSeconds === undefined)
    errors.push(required(`${path}.terminationGracePeriodSeconds`));
  else
    errors.push(
      ...nonNegative(`${path}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds),
    );
  return errors;
}

/** validatePodSpec checks a pod spec that has its defaults, in a pod or in a template. */
export function validatePodSpec(spec: PodSpec, path: string): FieldError[] {
  const volumes = new Set((spec.volumes ?? []).map((one) => one.name));
  return [
    ...validateVolumes(spec.volumes, `${path}.volumes`),
    ...validateContainers(spec.containers, { volumes, path: `${path}.containers` }),
    ...validateInitContainers(spec.initContainers, spec.containers ?? [], {
      volumes,
      path: `${path}.initContainers`,
    }),
    ...oneOf(`${path}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES),
    ...validateDns(spec, path),
    ...labelErrors(`${path}.nodeSelector`, spec.nodeSelector),
    ...validateHostNetwork(spec, path),
    ...validatePodSecurity(spec.securityContext, `${path}.securityContext`),
    ...validateReferences(spec, path),
    ...validateTolerations(spec.tolerations, `${path}.tolerations`),
    ...validateTimes(spec, path),
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
