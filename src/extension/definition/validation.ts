import type {
  CustomResourceDefinition,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion,
} from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { type FieldError, invalid, notSupported, required } from '../../machinery/field-error.ts';
import { indexPath } from '../../machinery/field-path.ts';
import { dns1035LabelErrors, dnsSubdomainErrors } from '../../machinery/names.ts';
import { approvalErrors } from './approval.ts';
import { certificatesProblem } from './ca-bundle.ts';
import { isConditionTrue, schemaOfVersion } from './definition-parts.ts';
import { namesErrors, namesRequired } from './names-validation.ts';
import {
  columnErrors,
  deprecationErrors,
  selectableFieldErrors,
  subresourceErrors,
  versionSchemaErrors,
} from './version-validation.ts';
import { type ConversionRules, conversionErrors } from './webhook-validation.ts';

const NEW: ConversionRules = { knownReviewVersion: true, validCaBundle: false };

/** definitionErrors checks a new definition (apiextensions `ValidateCustomResourceDefinition`). */
export function definitionErrors(definition: CustomResourceDefinition): FieldError[] {
  return allErrors(definition, undefined);
}

/** definitionUpdateErrors checks a changed definition against what it was. */
export function definitionUpdateErrors(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition,
): FieldError[] {
  return allErrors(definition, old);
}

/** definitionNameErrors says what is wrong with the name of a new definition, which follows from its spec. */
export function definitionNameErrors(
  name: string,
  { spec }: Pick<CustomResourceDefinition, 'spec'>,
): readonly string[] {
  const isRight = name === `${spec.names.plural}.${spec.group}`;
  const more = isRight ? [] : ['must be spec.names.plural+"."+spec.group'];
  return [...dnsSubdomainErrors(name), ...more];
}

function allErrors(
  definition: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
): FieldError[] {
  const { spec } = definition;
  const errors: FieldError[] = [];
  errors.push(...specErrors(spec, old ? rulesAfter(old) : NEW));
  if (old) errors.push(...immutableErrors(definition, old));
  errors.push(...statusErrors(definition));
  errors.push(...approvalErrors(definition, old));
  if (spec.preserveUnknownFields && !old?.spec.preserveUnknownFields) {
    const text =
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
    errors.push(invalid('spec.preserveUnknownFields', true, text));
  }
  return errors;
}

/** definitionStatusErrors checks what a status says. */
export function definitionStatusErrors({ status }: CustomResourceDefinition): FieldError[] {
  const names = status?.acceptedNames;
  return names ? namesErrors(names, 'status.acceptedNames') : [];
}

function rulesAfter(old: CustomResourceDefinition): ConversionRules {
  const versions = old.spec.conversion?.webhook?.conversionReviewVersions ?? [];
  const caBundle = old.spec.conversion?.webhook?.clientConfig?.caBundle;
  const wasValid = !caBundle || certificatesProblem(caBundle) === undefined;
  return {
    knownReviewVersion: versions.length === 0 || versions.some((one) => /^v1(beta1)?$/.test(one)),
    validCaBundle: isConditionTrue(old, 'Established') && wasValid,
  };
}

function immutableErrors(
  { spec }: CustomResourceDefinition,
  old: CustomResourceDefinition,
): FieldError[] {
  const errors: FieldError[] = [];
  const keep = (path: string, value: string, before: string) => {
    if (value !== before) errors.push(invalid(path, value, 'field is immutable'));
  };
  if (isConditionTrue(old, 'Established')) {
    keep('spec.scope', spec.scope, old.spec.scope);
    keep('spec.names.kind', spec.names.kind, old.spec.names.kind);
  }
  keep('spec.group', spec.group, old.spec.group);
  keep('spec.names.plural', spec.names.plural, old.spec.names.plural);
  return errors;
}

function statusErrors(definition: CustomResourceDefinition): FieldError[] {
  const path = 'status.storedVersions';
  const stored = definition.status?.storedVersions ?? [];
  const errors = definitionStatusErrors(definition);
  if (stored.length === 0) {
    return [...errors, invalid(path, null, 'must have at least one stored version')];
  }
  const { versions = [] } = definition.spec;
  for (const { name, storage } of versions) {
    if (storage && !stored.includes(name)) {
      errors.push(invalid(path, stored, `must have the storage version ${name}`));
    }
  }
  for (const [index, name] of stored.entries()) {
    if (versions.some((one) => one.name === name)) continue;
    const text = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalid(indexPath(path, index), name, text));
  }
  return errors;
}

type Versions = readonly CustomResourceDefinitionVersion[];

/** Upstream shows what all versions have alike at the place where older APIs had it. */
function isShared(versions: Versions, part: (one: Versions[number]) => unknown): boolean {
  const [first] = versions;
  return first !== undefined && versions.every((one) => deepEqual(part(one), part(first)));
}

function specErrors(spec: CustomResourceDefinitionSpec, rules: ConversionRules): FieldError[] {
  const { versions = [] } = spec;
  const errors = [...groupErrors(spec), ...scopeErrors(spec)];
  for (const [index, version] of versions.entries()) {
    if (schemaOfVersion(version)) continue;
    errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`));
  }
  for (const [index, version] of versions.entries()) {
    const path = `spec.versions[${index}]`;
    const label = dns1035LabelErrors(version.name ?? '');
    if (label.length > 0) {
      errors.push(invalid(`${path}.name`, version.name ?? '', label.join(',')));
    }
    errors.push(...deprecationErrors(version, path));
    errors.push(...partErrors(versions, version, path));
  }
  errors.push(...versionListErrors(spec), ...firstVersionErrors(versions));
  errors.push(...namesRequired(spec.names, 'spec.names'));
  errors.push(...namesErrors(spec.names, 'spec.names'));
  errors.push(...sharedErrors(versions));
  return [...errors, ...conversionErrors(spec.conversion, 'spec.conversion', rules)];
}

/** Upstream also keeps the name of the first version where older APIs had the only one. */
function firstVersionErrors([first]: Versions): FieldError[] {
  const label = first?.name ? dns1035LabelErrors(first.name) : [];
  return label.length > 0 ? [invalid('spec.version', first?.name, label.join(','))] : [];
}

function groupErrors({ group }: CustomResourceDefinitionSpec): FieldError[] {
  if (!group) return [required('spec.group')];
  const errors = dnsSubdomainErrors(group);
  if (errors.length > 0) return [invalid('spec.group', group, errors.join(','))];
  if (group.includes('.')) return [];
  return [invalid('spec.group', group, 'should be a domain with at least one dot')];
}

function scopeErrors({ scope }: CustomResourceDefinitionSpec): FieldError[] {
  if (!scope) return [required('spec.scope')];
  if (scope === 'Cluster' || scope === 'Namespaced') return [];
  return [notSupported('spec.scope', scope, ['Cluster', 'Namespaced'])];
}

function versionListErrors(spec: CustomResourceDefinitionSpec): FieldError[] {
  const { versions = [] } = spec;
  const errors: FieldError[] = [];
  const names = new Set(versions.map((one) => one.name));
  if (names.size < versions.length) {
    errors.push(invalid('spec.versions', shown(versions), 'must contain unique version names'));
  }
  if (versions.filter((one) => one.storage).length !== 1) {
    const text = 'must have exactly one version marked as storage version';
    errors.push(invalid('spec.versions', spec.versions ? shown(versions) : null, text));
  }
  return errors;
}

/** shown are versions as upstream shows them, without what all of them have alike. */
function shown(versions: Versions): object[] {
  const own = (part: Part, one: Versions[number]) =>
    isShared(versions, part.of) ? null : (part.of(one) ?? null);
  const [schema, subresources, columns, fields] = PARTS;
  if (!schema || !subresources || !columns || !fields) return [];
  return versions.map((one) => ({
    Name: one.name,
    Served: one.served,
    Storage: one.storage,
    Deprecated: one.deprecated ?? false,
    DeprecationWarning: one.deprecationWarning ?? null,
    Schema: own(schema, one),
    Subresources: own(subresources, one),
    AdditionalPrinterColumns: own(columns, one),
    SelectableFields: own(fields, one),
  }));
}

/** Part is one of the things that a version has, and the check of it at a path. */
interface Part {
  readonly of: (version: Versions[number]) => unknown;
  readonly shared: string;
  readonly own: string;
  errors(version: Versions[number], path: string): FieldError[];
}

const hasStatus = (version: Versions[number]) => version.subresources?.status !== undefined;

const PARTS: readonly Part[] = [
  {
    of: (one) => one.schema,
    shared: 'spec.validation',
    own: 'schema',
    errors: (one, path) => versionSchemaErrors(schemaOfVersion(one), path, hasStatus(one)),
  },
  {
    of: (one) => one.subresources,
    shared: 'spec.subresources',
    own: 'subresources',
    errors: (one, path) => subresourceErrors(one.subresources, path),
  },
  {
    of: (one) => one.additionalPrinterColumns,
    shared: 'spec.additionalPrinterColumns',
    own: 'additionalPrinterColumns',
    errors: (one, path) => columnErrors(one.additionalPrinterColumns ?? [], path),
  },
  {
    of: (one) => one.selectableFields,
    shared: 'spec.selectableFields',
    own: 'selectableFields',
    errors: (one, path) => {
      const schema = schemaOfVersion(one);
      return schema ? selectableFieldErrors(one.selectableFields ?? [], schema, path) : [];
    },
  },
];

function partErrors(versions: Versions, version: Versions[number], path: string): FieldError[] {
  const own = PARTS.filter((part) => !isShared(versions, part.of));
  const isSchemaShared = isShared(versions, (one) => one.schema);
  return own.flatMap((part) => {
    const place = `${path}.${part.own}`;
    const fields = part.own === 'selectableFields' ? version.selectableFields : undefined;
    if (!fields?.length || !isSchemaShared) return part.errors(version, place);
    // As upstream, which has moved a schema that is the same in all versions elsewhere.
    const text = 'may only be set when `version.schema.openAPIV3Schema` is not included';
    return [invalid(place, '', text)];
  });
}

function sharedErrors(versions: Versions): FieldError[] {
  const [first] = versions;
  if (!first) return [];
  return PARTS.filter((part) => isShared(versions, part.of)).flatMap((part) =>
    part.errors(first, part.shared),
  );
}
