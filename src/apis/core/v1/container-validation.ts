import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { portNameErrors, portNumberErrors, rangeError } from '../../../machinery/names.ts';
import { validateEnv, validateEnvFrom } from './env-validation.ts';
import { refuseProbes, validateProbes } from './probe-validation.ts';
import { validateResourceRequirements } from './resource-validation.ts';
import type { Container, ContainerPort, SecurityContext } from './types.ts';
import { requiredLabel, texts } from './validation-rules.ts';
import { validateVolumeMounts } from './volume-validation.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_ID = 2 ** 31 - 1;

function oneOf(path: string, value: string | undefined, allowed: readonly string[]): FieldError[] {
  if (!value) return [required(path)];
  return allowed.includes(value) ? [] : [notSupported(path, value, allowed)];
}

function validatePorts(ports: readonly ContainerPort[] | undefined, path: string): FieldError[] {
  const names = new Set<string>();
  return (ports ?? []).flatMap((port, index) => {
    const at = indexPath(path, index);
    const errors: FieldError[] = [];
    if (port.name) {
      const problems = portNameErrors(port.name);
      errors.push(...texts(`${at}.name`, port.name, problems));
      if (problems.length === 0 && names.has(port.name))
        errors.push(duplicate(`${at}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) errors.push(required(`${at}.containerPort`));
    else
      errors.push(
        ...texts(`${at}.containerPort`, port.containerPort, portNumberErrors(port.containerPort)),
      );
    if (port.hostPort)
      errors.push(...texts(`${at}.hostPort`, port.hostPort, portNumberErrors(port.hostPort)));
    return [...errors, ...oneOf(`${at}.protocol`, port.protocol, PROTOCOLS)];
  });
}

/** userOrGroup checks a numeric user or group. */
export function userOrGroup(path: string, id: number | undefined): FieldError[] {
  return id === undefined || (id >= 0 && id <= MAX_ID)
    ? []
    : [invalid(path, id, rangeError(0, MAX_ID))];
}

function validateSecurityContext(context: SecurityContext | undefined, path: string): FieldError[] {
  if (context === undefined) return [];
  const errors = [
    ...userOrGroup(`${path}.runAsUser`, context.runAsUser),
    ...userOrGroup(`${path}.runAsGroup`, context.runAsGroup),
  ];
  if (context.procMount && !['Default', 'Unmasked'].includes(context.procMount))
    errors.push(notSupported(`${path}.procMount`, context.procMount, ['Default', 'Unmasked']));
  if (context.allowPrivilegeEscalation === false) {
    const detail = (what: string) => `cannot set \`allowPrivilegeEscalation\` to false and ${what}`;
    if (context.privileged) errors.push(invalid(path, context, detail('`privileged` to true')));
    if (context.capabilities?.add?.some((one) => /^(CAP_)?SYS_ADMIN$/.test(one)))
      errors.push(invalid(path, context, detail('`capabilities.Add` CAP_SYS_ADMIN')));
  }
  return errors;
}

/** validateContainerBasics checks what all kinds of containers have. */
export function validateContainerBasics(
  container: Container,
  volumes: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const messagePolicies = ['FallbackToLogsOnError', 'File'];
  const errors = [
    ...requiredLabel(`${path}.name`, container.name),
    ...(container.image ? [] : [required(`${path}.image`)]),
    ...oneOf(
      `${path}.terminationMessagePolicy`,
      container.terminationMessagePolicy,
      messagePolicies,
    ),
    ...validatePorts(container.ports, `${path}.ports`),
    ...validateEnv(container.env, `${path}.env`),
    ...validateEnvFrom(container.envFrom, `${path}.envFrom`),
    ...validateVolumeMounts(container.volumeMounts, volumes, `${path}.volumeMounts`),
    ...oneOf(`${path}.imagePullPolicy`, container.imagePullPolicy, [
      'Always',
      'IfNotPresent',
      'Never',
    ]),
    ...validateResourceRequirements(container.resources, `${path}.resources`),
    ...validateSecurityContext(container.securityContext, `${path}.securityContext`),
  ];
  return errors;
}

function hostPortConflicts(containers: readonly Container[], path: string): FieldError[] {
  const taken = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, container] of containers.entries()) {
    for (const [portIndex, port] of (container.ports ?? []).entries()) {
      if (!port.hostPort) continue;
      const key = `${port.protocol}/${port.hostIP ?? ''}/${port.hostPort}`;
      const at = `${indexPath(path, index)}.${indexPath('ports', portIndex)}.hostPort`;
      if (taken.has(key)) errors.push(duplicate(at, key));
      taken.add(key);
    }
  }
  return errors;
}

/** ContainerRule is what a list of containers must fit. */
export interface ContainerRule {
  readonly volumes: ReadonlySet<string>;
  readonly path: string;
}

/** validateContainers checks the containers of a pod. */
export function validateContainers(
  containers: readonly Container[] | undefined,
  rule: ContainerRule,
): FieldError[] {
  const { path, volumes } = rule;
  if (!containers?.length) return [required(path)];
  const names = new Set<string>();
  const errors = containers.flatMap((container, index) => {
    const at = indexPath(path, index);
    const found = validateContainerBasics(container, volumes, at);
    if (names.has(container.name)) found.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    found.push(...validateProbes(container, at));
    if (container.restartPolicy !== undefined)
      found.push(forbidden(`${at}.restartPolicy`, 'may not be set for non-init containers'));
    return found;
  });
  return [...errors, ...hostPortConflicts(containers, path)];
}

/** validateInitContainers checks init containers; their names differ from those of the others. */
export function validateInitContainers(
  containers: readonly Container[] | undefined,
  others: readonly Container[],
  rule: ContainerRule,
): FieldError[] {
  const names = new Set(others.map((one) => one.name));
  return (containers ?? []).flatMap((container, index) => {
    const at = indexPath(rule.path, index);
    const errors = validateContainerBasics(container, rule.volumes, at);
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    const { restartPolicy } = container;
    if (restartPolicy !== undefined && restartPolicy !== 'Always')
      errors.push(notSupported(`${at}.restartPolicy`, restartPolicy, ['Always']));
    const check = restartPolicy === 'Always' ? validateProbes : refuseProbes;
    return [...errors, ...check(container, at)];
  });
}
