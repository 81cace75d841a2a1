import {
  duplicate,
  type FieldError,
  invalid,
  notFound,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { portNameErrors, portNumberErrors } from '../../../machinery/names.ts';
import { validateEnv, validateEnvFrom } from './env-validation.ts';
import { validateSecurityContext } from './pod-security-validation.ts';
import { PROTOCOLS } from './port-validation.ts';
import { refuseProbes, validateProbes } from './probe-validation.ts';
import { validateResourceRequirements } from './resource-validation.ts';
import type { Container, ContainerPort, Volume } from './types.ts';
import { requiredLabel, texts } from './validation-rules.ts';
import { validateVolumeMounts } from './volume-validation.ts';

function oneOf(path: string, value: string | undefined, allowed: readonly string[]): FieldError[] {
  if (!value) return [required(path)];
  return allowed.includes(value) ? [] : [notSupported(path, value, allowed, 'as given')];
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

/** validateDevices checks raw block devices: each is a claim that the pod has, and used once. */
function validateDevices(container: Container, rule: Surroundings, path: string): FieldError[] {
  const mounted = new Set((container.volumeMounts ?? []).map((one) => one.mountPath));
  const [names, paths] = [new Set<string>(), new Set<string>()];
  return (container.volumeDevices ?? []).flatMap(({ name, devicePath }, index) => {
    const at = indexPath(`${path}.volumeDevices`, index);
    const errors: FieldError[] = name ? [] : [required(`${at}.name`)];
    const bad = (field: string, value: string, detail: string) =>
      errors.push(invalid(`${at}.${field}`, value, detail));
    if (names.has(name)) bad('name', name, 'must be unique');
    names.add(name);
    const volume = rule.volumes.get(name);
    if (volume === undefined) errors.push(notFound(`${at}.name`, name));
    else if (!(volume.persistentVolumeClaim || volume.ephemeral)) {
      const detail =
        'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';
      bad('name', name, detail);
    }
    if (!devicePath) errors.push(required(`${at}.devicePath`));
    if (paths.has(devicePath)) bad('devicePath', devicePath, 'must be unique');
    paths.add(devicePath);
    if (devicePath?.split('/').includes('..'))
      bad('devicePath', devicePath, "can not contain backsteps ('..')");
    if (devicePath && mounted.has(devicePath)) {
      const detail = 'must not already exist as a path in volumeMounts';
      bad('devicePath', devicePath, detail);
    }
    return errors;
  });
}

const RESIZABLE = ['cpu', 'memory'];
const RESIZE_RESTARTS = ['NotRequired', 'RestartContainer'];

function validateResizePolicy({ resizePolicy = [] }: Container, path: string): FieldError[] {
  const at = `${path}.resizePolicy`;
  const seen = new Set<string>();
  return resizePolicy.flatMap(({ resourceName: name, restartPolicy: policy }, index) => {
    const errors: FieldError[] = [];
    if (seen.has(name)) errors.push(duplicate(indexPath(at, index), name));
    seen.add(name);
    if (name === '') errors.push(required(at));
    else if (!RESIZABLE.includes(name)) errors.push(notSupported(at, name, RESIZABLE));
    if (policy === '') errors.push(required(at));
    else if (!RESIZE_RESTARTS.includes(policy))
      errors.push(notSupported(at, policy, RESIZE_RESTARTS));
    return errors;
  });
}

const CONTAINER_RESTARTS = ['Always', 'Never', 'OnFailure'];

function validateRestart({ restartPolicy: policy }: Container, path: string): FieldError[] {
  const at = `${path}.restartPolicy`;
  if (policy === undefined || CONTAINER_RESTARTS.includes(policy)) return [];
  return [notSupported(at, policy, CONTAINER_RESTARTS)];
}

/** Surroundings are the parts of a pod that its containers refer to. */
export interface Surroundings {
  readonly volumes: ReadonlyMap<string, Volume>;
  /** The names of the claims of devices. */
  readonly claims: ReadonlySet<string>;
  /** The seconds that the pod has to end. */
  readonly grace: number;
}

/** validateContainerBasics checks what all kinds of containers have. */
export function validateContainerBasics(
  container: Container,
  rule: Surroundings,
  path: string,
): FieldError[] {
  const messagePolicies = ['File', 'FallbackToLogsOnError'];
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
    ...validateVolumeMounts(container, rule.volumes, `${path}.volumeMounts`),
    ...validateDevices(container, rule, path),
    ...oneOf(`${path}.imagePullPolicy`, container.imagePullPolicy, [
      'Always',
      'IfNotPresent',
      'Never',
    ]),
    ...validateResourceRequirements(container.resources, `${path}.resources`, rule.claims),
    ...validateResizePolicy(container, path),
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
export interface ContainerRule extends Surroundings {
  readonly path: string;
}

/** validateContainers checks the containers of a pod. */
export function validateContainers(
  containers: readonly Container[] | undefined,
  rule: ContainerRule,
): FieldError[] {
  const { path } = rule;
  if (!containers?.length) return [required(path)];
  const names = new Set<string>();
  const errors = containers.flatMap((container, index) => {
    const at = indexPath(path, index);
    const found = validateContainerBasics(container, rule, at);
    if (names.has(container.name)) found.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    found.push(...validateProbes(container, at, rule.grace), ...validateRestart(container, at));
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
    const errors = validateContainerBasics(container, rule, at);
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name));
    names.add(container.name);
    const { restartPolicy } = container;
    errors.push(...validateRestart(container, at));
    if (restartPolicy !== 'Always') return [...errors, ...refuseProbes(container, at)];
    return [...errors, ...validateProbes(container, at, rule.grace)];
  });
}
