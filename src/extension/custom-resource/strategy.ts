import type { CustomResourceDefinitionVersion } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import type { Strategy } from '../../apiserver/resource-definition.ts';
import { type FieldError, invalid } from '../../machinery/field-error.ts';
import { getAt } from '../../machinery/field-path.ts';
import { labelKeyErrors } from '../../machinery/names.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { Correlated } from '../schema/correlated.ts';
import { embeddedErrors } from '../schema/embedded.ts';
import { NO_PATH } from '../schema/findings.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { listTypeErrors } from '../schema/list-types.ts';
import { validateValue } from '../schema/validate-value.ts';
import { scaleErrors } from './scale-validation.ts';

/** CustomObject is a custom resource: whatever its schema allows. */
type CustomObject = KubeObject & { status?: unknown };

/** RuleCheck evaluates the expressions of a schema on an object that the schema itself accepts. */
export type RuleCheck = (object: KubeObject, old: KubeObject | undefined) => readonly FieldError[];

/** StrategyParts is what the strategy of a version is made of. */
export interface StrategyParts {
  readonly version: CustomResourceDefinitionVersion;
  readonly schema: JsonSchema;
  /** Present where the schema has rules. */
  readonly checkRules: RuleCheck | undefined;
  /** Throws where the definition is about to go. */
  demandCreatable(): void;
}

/** What keeps expressions from being evaluated: they may rely on the schema. */
const BLOCKING: ReadonlySet<FieldError['type']> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set([
  'orphan',
  'foregroundDeletion',
  'kubernetes',
]);

/** newStrategy makes the strategy of custom resources in one version. */
export function newStrategy(parts: StrategyParts): Strategy<CustomObject> {
  const { version, schema } = parts;
  const { scale, status } = version.subresources ?? {};
  const fields = version.selectableFields ?? [];
  return {
    metadataOnUpdate: 'plainChanges',
    hasGeneration: 'content',
    hasStatus: status !== undefined,
    allowUnconditionalUpdate: false,
    ratchets: true,
    plainFinalizers: true,
    prepareForCreate(draft) {
      parts.demandCreatable();
      if (status !== undefined) delete draft.status;
    },
    validate: (object) =>
      withRules(parts, object, undefined, [
        ...validateValue(schema, object),
        ...scaleErrors(object, scale, ['spec', 'status']),
        ...embeddedErrors(schema, object),
        ...listTypeErrors(schema, object),
      ]),
    validateUpdate: (object, old) =>
      withRules(parts, object, old, [
        ...validateValue(schema, object, { before: { old } }),
        ...scaleErrors(object, scale, ['spec', 'status']),
        ...embeddedErrors(schema, object),
        ...newListTypeErrors(schema, object, old),
      ]),
    validateStatusUpdate: (object, old) =>
      withRules(parts, object, old, [
        ...statusErrors(schema, object, { old: old.status }),
        ...scaleErrors(object, scale, ['status']),
        ...newListTypeErrors(schema, object, old),
      ]),
    warnings: (object, old) => finalizerWarnings(object, old),
    selectableFields: (object) =>
      Object.fromEntries(
        fields.map(({ jsonPath }) => [jsonPath.slice(1), fieldText(getAt(object, jsonPath))]),
      ),
  };
}

function fieldText(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function statusErrors(
  schema: JsonSchema,
  { status }: CustomObject,
  before: Correlated,
): readonly FieldError[] {
  const own = schema.properties?.status;
  if (!own || status === undefined) return [];
  return validateValue(own, status, { before }).map((error) => ({
    ...error,
    field: error.field === '' ? 'status' : `status.${error.field}`,
  }));
}

function newListTypeErrors(
  schema: JsonSchema,
  object: KubeObject,
  old: KubeObject,
): readonly FieldError[] {
  const errors = listTypeErrors(schema, object);
  return errors.length === 0 || listTypeErrors(schema, old).length > 0 ? [] : errors;
}

function withRules(
  { checkRules }: StrategyParts,
  object: KubeObject,
  old: KubeObject | undefined,
  errors: readonly FieldError[],
): readonly FieldError[] {
  if (!checkRules) return errors;
  const isBlocked = !object.metadata.name || errors.some((one) => BLOCKING.has(one.type));
  if (!isBlocked) return [...errors, ...checkRules(object, old)];
  const text =
    'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
  return [...errors, invalid(NO_PATH, null, text)];
}

function finalizerWarnings(object: KubeObject, old: KubeObject | undefined): string[] {
  const before = new Set(old?.metadata.finalizers);
  const added = (object.metadata.finalizers ?? []).filter((one) => !before.has(one));
  return [...new Set(added)].sort().flatMap((name) => {
    const about = `metadata.finalizers: ${JSON.stringify(name)}`;
    const texts = labelKeyErrors(name).map((text) => `${about}: ${text}`);
    if (name.includes('/') || STANDARD_FINALIZERS.has(name)) return texts;
    const hint = name.includes('.')
      ? 'prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers'
      : 'prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers';
    return [...texts, `${about}: ${hint}`];
  });
}
