import { type FieldError, invalid, required, tooLong } from '../../../machinery/field-error.ts';
import { keyPath } from '../../../machinery/field-path.ts';
import { dnsSubdomainErrors } from '../../../machinery/names.ts';
import { validateNodeSelector } from '../../core/v1/node-selector-validation.ts';
import { validateCsiDriverName } from '../../core/v1/persistent-volume-source.ts';
import { immutable, texts } from '../../core/v1/validation-rules.ts';
import { internalForm } from '../../schema/index.ts';
import { distinct, items, label } from './item-rules.ts';
import { poolNameErrors } from './pool-name.ts';
import { qualifiedNameErrors } from './qualified-name.ts';
import type {
  Device,
  DeviceAttribute,
  ResourcePool,
  ResourceSlice,
  ResourceSliceSpec,
} from './types.ts';

const MAX_DEVICES = 128;
const MAX_FACTS = 32;
const MAX_VALUE_LENGTH = 64;
/** A domain, a slash and an identifier. */
const MAX_KEY_LENGTH = 63 + 1 + 32;
const SEMVER =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/;
const ONE_PLACE =
  'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';

/** Keys that are too long are shown without their middle. */
function shortened(key: string): string {
  if (key.length <= MAX_KEY_LENGTH) return key;
  const rest = MAX_KEY_LENGTH - 3;
  return `${key.slice(0, Math.ceil(rest / 2))}...${key.slice(key.length - Math.floor(rest / 2))}`;
}

function lengthErrors(path: string, value: string): FieldError[] {
  return value.length > MAX_VALUE_LENGTH ? [tooLong(path, MAX_VALUE_LENGTH)] : [];
}

function attributeErrors(path: string, attribute: DeviceAttribute): FieldError[] {
  const { string: text, version } = attribute;
  const errors = text === undefined ? [] : lengthErrors(`${path}.string`, text);
  if (version !== undefined) {
    const detail = 'must be a string compatible with semver.org spec 2.0.0';
    if (!SEMVER.test(version)) errors.push(invalid(`${path}.version`, version, detail));
    errors.push(...lengthErrors(`${path}.version`, version));
  }
  const detail = 'exactly one value must be specified';
  const count = Object.keys(attribute).length;
  if (count === 0) errors.push(required(path, detail));
  const { int = null, bool = null } = attribute;
  const shown = {
    IntValue: int,
    BoolValue: bool,
    StringValue: text ?? null,
    VersionValue: version ?? null,
  };
  if (count > 1) errors.push(invalid(path, shown, detail));
  return errors;
}

function deviceErrors(device: Device, path: string): FieldError[] {
  const attributes = Object.entries(device.attributes ?? {});
  const capacity = Object.keys(device.capacity ?? {});
  const count = attributes.length + capacity.length;
  const detail = `the total number of attributes and capacities must not exceed ${MAX_FACTS}`;
  return [
    ...label(`${path}.name`, device.name),
    ...(count > MAX_FACTS ? [invalid(path, count, detail)] : []),
    ...attributes.flatMap(([name, one]) => {
      const place = keyPath(`${path}.attributes`, shortened(name));
      return [...qualifiedNameErrors(place, name), ...attributeErrors(place, one)];
    }),
    ...capacity.flatMap((name) =>
      qualifiedNameErrors(keyPath(`${path}.capacity`, shortened(name)), name),
    ),
  ];
}

function poolErrors(path: string, pool: Partial<ResourcePool> = {}): FieldError[] {
  const { name, resourceSliceCount = 0, generation = 0 } = pool;
  const errors = poolNameErrors(`${path}.name`, name);
  if (resourceSliceCount <= 0) {
    const place = `${path}.resourceSliceCount`;
    errors.push(invalid(place, resourceSliceCount, 'must be greater than zero'));
  }
  if (generation < 0)
    errors.push(invalid(`${path}.generation`, generation, 'must be greater than or equal to zero'));
  return errors;
}

function nodeNameErrors(name: string): FieldError[] {
  if (name !== '') return texts('spec.nodeName', name, dnsSubdomainErrors(name));
  return [invalid('spec.nodeName', name, 'must be either unset or set to a non-empty string')];
}

function nodeSelectorErrors({ nodeSelector }: ResourceSliceSpec): FieldError[] {
  if (!nodeSelector) return [];
  const { nodeSelectorTerms = [] } = nodeSelector;
  const errors = validateNodeSelector(nodeSelector, 'spec.nodeSelector');
  if (nodeSelectorTerms.length === 1) return errors;
  const { NodeSelectorTerms } = internalForm('core.NodeSelector', nodeSelector);
  const path = 'spec.nodeSelector.nodeSelectorTerms';
  return [...errors, invalid(path, NodeSelectorTerms, 'must have exactly one node selector term')];
}

/** Where the devices are: on one node, on those of a selector, or on all. */
function placeErrors(spec: ResourceSliceSpec): FieldError[] {
  const { nodeName, nodeSelector, allNodes } = spec;
  const set = [
    ...(nodeName ? ['`nodeName`'] : []),
    ...(nodeSelector ? ['`nodeSelector`'] : []),
    ...(allNodes ? ['`allNodes`'] : []),
  ];
  const errors = [
    ...(nodeName === undefined ? [] : nodeNameErrors(nodeName)),
    ...nodeSelectorErrors(spec),
    ...(allNodes === false
      ? [invalid('spec.allNodes', allNodes, 'must be either unset or set to true')]
      : []),
  ];
  if (set.length === 0) errors.push(required('spec', ONE_PLACE));
  const detail = `${ONE_PLACE}, but multiple fields are set`;
  if (set.length > 1) errors.push(invalid('spec', `{${set.join(', ')}}`, detail));
  return errors;
}

function sliceErrors(spec: ResourceSliceSpec, old: ResourceSliceSpec | undefined): FieldError[] {
  const { driver = '', pool, nodeName, devices } = spec;
  return [
    ...validateCsiDriverName('spec.driver', driver),
    ...poolErrors('spec.pool', pool),
    ...(old
      ? [
          ...immutable('spec.pool.name', pool?.name ?? '', old.pool?.name ?? ''),
          ...immutable('spec.driver', driver, old.driver ?? ''),
          ...immutable('spec.nodeName', nodeName ?? null, old.nodeName ?? null),
        ]
      : []),
    ...placeErrors(spec),
    ...items('spec.devices', devices, deviceErrors, MAX_DEVICES),
    ...distinct('spec.devices', devices, { key: ({ name }) => name, field: 'name' }),
  ];
}

/** validateResourceSlice checks which devices a driver offers, and where. */
export function validateResourceSlice({ spec }: ResourceSlice): FieldError[] {
  return sliceErrors(spec ?? {}, undefined);
}

/** validateResourceSliceUpdate keeps the driver, its pool and the node; it checks everything. */
export function validateResourceSliceUpdate(
  { spec }: ResourceSlice,
  old: ResourceSlice,
): FieldError[] {
  return sliceErrors(spec ?? {}, old.spec ?? {});
}
