import { duplicate, type FieldError, forbidden, notFound } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { type Surroundings, validateContainerBasics } from './container-validation.ts';
import type { Container, EphemeralContainer, PodSpec } from './types.ts';

const REFUSED = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;
const TEXT = 'cannot be set for an Ephemeral Container';

function isSet(value: unknown): boolean {
  if (value === undefined) return false;
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
}

function refusedErrors(container: EphemeralContainer, path: string): FieldError[] {
  const fields: Readonly<Record<string, unknown>> = { ...container };
  const isGiven = (field: string) =>
    field === 'resources' ? isSet(fields[field]) : fields[field] !== undefined;
  const errors = REFUSED.filter(isGiven).map((field) => forbidden(`${path}.${field}`, TEXT));
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = indexPath(`${path}.volumeMounts`, index);
    if (mount.subPath) errors.push(forbidden(`${at}.subPath`, TEXT));
    if (mount.subPathExpr) errors.push(forbidden(`${at}.subPathExpr`, TEXT));
  }
  return errors;
}

/** validateEphemeralContainers checks containers that are added to a running pod. */
export function validateEphemeralContainers(
  spec: PodSpec,
  rule: Surroundings,
  path: string,
): FieldError[] {
  const others = new Set(
    [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((one) => one.name),
  );
  const names = new Set(others);
  return (spec.ephemeralContainers ?? []).flatMap((container, index) => {
    const at = indexPath(path, index);
    const errors = validateContainerBasics(container as Container, rule, at);
    const { name, targetContainerName: target } = container;
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
    if (target && !others.has(target)) errors.push(notFound(`${at}.targetContainerName`, target));
    return [...errors, ...refusedErrors(container, at)];
  });
}
