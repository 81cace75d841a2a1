export { applySchemaDefaults } from './apply-schema-defaults.ts';
export { definitionNames, definitionOfKind, hasDefinition, isKnownKind } from './catalogue.ts';
export { conversionProblem } from './conversion-problem.ts';
export { goEqual } from './go-equal.ts';
export { goForm, storedGoForm } from './go-form.ts';
export { type GoField, goFieldsOf, goStructOf, zeroOf } from './go-structs.ts';
export { parseGoTime } from './go-time.ts';
export { type InternalStruct, internalForm, internalText } from './internal-form.ts';
export { pruneUnknown } from './prune-unknown.ts';
export type {
  ArraySchema,
  FieldSchema,
  MapSchema,
  ObjectSchema,
  ScalarSchema,
  ScalarType,
  Schema,
} from './schema.ts';
export { schemaOf } from './schema.ts';
export { StrategicMergeError, strategicMergePatch } from './strategic-merge-patch.ts';
export { type SchemaReport, validateSchema } from './validate-schema.ts';
