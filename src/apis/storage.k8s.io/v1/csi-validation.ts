import { semanticEqual } from '../../../machinery/deep-equal.ts';
import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { dnsSubdomainErrors, labelKeyErrors } from '../../../machinery/names.ts';
import { isQuantity, parseQuantity } from '../../../machinery/quantity.ts';
import { validateLabelSelector } from '../../core/v1/label-selector-validation.ts';
import { deprecatedNodeLabel } from '../../core/v1/node-label-warnings.ts';
import { validateCsiDriverName } from '../../core/v1/persistent-volume-source.ts';
import { immutable, nonNegative, texts } from '../../core/v1/validation-rules.ts';
import type {
  CSIDriver,
  CSINode,
  CSINodeDriver,
  CSIStorageCapacity,
  TokenRequest,
} from './types.ts';

const FS_GROUP_POLICIES = ['File', 'None', 'ReadWriteOnceWithFSType'];
const LIFECYCLE_MODES = ['Persistent', 'Ephemeral'];
const MIN_PERIOD_SECONDS = 10;
const MIN_TOKEN_SECONDS = 600;
const MAX_NODE_ID = 256;

function tokenErrors(requests: readonly TokenRequest[], path: string): FieldError[] {
  const seen = new Set<string>();
  return requests.flatMap(({ audience, expirationSeconds: seconds }, index) => {
    const at = indexPath(path, index);
    if (seen.has(audience)) return [duplicate(`${at}.audience`, audience)];
    seen.add(audience);
    const field = `${at}.expirationSeconds`;
    if (seconds !== undefined && seconds < MIN_TOKEN_SECONDS)
      return [invalid(field, seconds, 'may not specify a duration less than 10 minutes')];
    if (seconds !== undefined && seconds > 2 ** 32)
      return [invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds')];
    return [];
  });
}

/** validateCsiDriver checks a driver that has its defaults. */
export function validateCsiDriver({ spec = {} }: CSIDriver): FieldError[] {
  const { fsGroupPolicy: policy, nodeAllocatableUpdatePeriodSeconds: period } = spec;
  const errors: FieldError[] = [];
  if (policy !== undefined && !FS_GROUP_POLICIES.includes(policy))
    errors.push(notSupported('spec.fsGroupPolicy', policy, FS_GROUP_POLICIES));
  errors.push(...tokenErrors(spec.tokenRequests ?? [], 'spec.tokenRequests'));
  for (const mode of spec.volumeLifecycleModes ?? [])
    if (!LIFECYCLE_MODES.includes(mode))
      errors.push(notSupported('spec.volumeLifecycleModes', mode, LIFECYCLE_MODES, 'as given'));
  if (period !== undefined && period < MIN_PERIOD_SECONDS) {
    const detail = 'must be greater than or equal to 10 seconds';
    errors.push(invalid('spec.nodeAllocatableUpdatePeriodSeconds', period, detail));
  }
  return errors;
}

/** validateCsiDriverUpdate keeps how the driver's volumes are attached and what lives how long. */
export function validateCsiDriverUpdate(driver: CSIDriver, old: CSIDriver): FieldError[] {
  const [spec, before] = [driver.spec, old.spec];
  return [
    ...immutable('spec.attachedRequired', spec.attachRequired, before.attachRequired),
    ...immutable(
      'spec.volumeLifecycleModes',
      spec.volumeLifecycleModes,
      before.volumeLifecycleModes,
    ),
  ];
}

function topologyKeyErrors(keys: readonly string[], path: string): FieldError[] {
  return keys.flatMap((key, index) => [
    ...(key === '' ? [required(path)] : []),
    ...(keys.indexOf(key) < index ? [duplicate(path, key)] : []),
    ...texts(path, key, labelKeyErrors(key)),
  ]);
}

function nodeDriverErrors(driver: CSINodeDriver, path: string, again: boolean): FieldError[] {
  const { name = '', nodeID = '', allocatable, topologyKeys = [] } = driver;
  const errors = validateCsiDriverName(`${path}.name`, name);
  if (nodeID === '') errors.push(required(`${path}.nodeID`));
  if (nodeID.length > MAX_NODE_ID) {
    const detail = `must be ${MAX_NODE_ID} characters or less`;
    errors.push(invalid(`${path}.nodeID`, nodeID, detail));
  }
  errors.push(...nonNegative(`${path}.allocatable.count`, allocatable?.count));
  if (again) errors.push(duplicate(`${path}.name`, name));
  return [...errors, ...topologyKeyErrors(topologyKeys, path)];
}

/** validateCsiNode checks the drivers of a node. */
export function validateCsiNode({ spec }: CSINode): FieldError[] {
  const drivers = spec?.drivers ?? [];
  const names = drivers.map(({ name }) => name);
  return drivers.flatMap((driver, index) =>
    nodeDriverErrors(driver, indexPath('spec.drivers', index), names.indexOf(driver.name) < index),
  );
}

/** The driver as upstream's internal type prints it. */
function printedDriver({ name, nodeID, topologyKeys, allocatable }: CSINodeDriver) {
  return {
    Name: name,
    NodeID: nodeID,
    TopologyKeys: topologyKeys ?? null,
    Allocatable: allocatable === undefined ? null : { Count: allocatable.count ?? null },
  };
}

/** validateCsiNodeUpdate checks again, and keeps the drivers that stay as they are. */
export function validateCsiNodeUpdate(node: CSINode, old: CSINode): FieldError[] {
  const errors = validateCsiNode(node);
  for (const before of old.spec?.drivers ?? []) {
    for (const driver of node.spec?.drivers ?? []) {
      if (driver.name !== before.name) continue;
      const [now, then] = [printedDriver(driver), printedDriver(before)];
      if (!semanticEqual(now, then))
        errors.push(invalid('spec.drivers', now, 'field is immutable'));
    }
  }
  return errors;
}

/** validateCsiStorageCapacity checks where how much space is left. */
export function validateCsiStorageCapacity(one: CSIStorageCapacity): FieldError[] {
  const { storageClassName: name = '', capacity } = one;
  const errors = [
    ...validateLabelSelector(one.nodeTopology, 'nodeTopology'),
    ...texts('storageClassName', name, dnsSubdomainErrors(name)),
  ];
  if (capacity !== undefined && isQuantity(capacity) && parseQuantity(capacity).nano < 0n)
    errors.push(invalid('capacity', capacity, 'must be greater than or equal to 0'));
  return errors;
}

/** validateCsiStorageCapacityUpdate keeps what the capacity is about. */
export function validateCsiStorageCapacityUpdate(
  one: CSIStorageCapacity,
  old: CSIStorageCapacity,
): FieldError[] {
  const errors: FieldError[] = [];
  const [topology, before] = [one.nodeTopology, old.nodeTopology];
  const appears = (topology === undefined) !== (before === undefined);
  if (appears || !semanticEqual(topology, before))
    errors.push(invalid('nodeTopology', topology ?? null, 'field is immutable'));
  if (one.storageClassName !== old.storageClassName)
    errors.push(invalid('storageClassName', one.storageClassName, 'field is immutable'));
  return errors;
}

/** csiStorageCapacityWarnings names labels of nodes that are not used any more. */
export function csiStorageCapacityWarnings({ nodeTopology = {} }: CSIStorageCapacity): string[] {
  const { matchExpressions = [], matchLabels = {} } = nodeTopology;
  return [
    ...matchExpressions.flatMap(({ key }, index) => {
      const text = deprecatedNodeLabel(key);
      const path = indexPath('nodeTopology.matchExpressions', index);
      return text === undefined ? [] : [`${path}.key: ${key} is ${text}`];
    }),
    ...Object.keys(matchLabels).flatMap((key) => {
      const text = deprecatedNodeLabel(key);
      return text === undefined ? [] : [`nodeTopology.matchLabels.${key}: ${text}`];
    }),
  ];
}
