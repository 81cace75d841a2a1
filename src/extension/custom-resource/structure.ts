import type { ObjectStructure } from '../../apiserver/resource-definition.ts';
import type { JsonObject } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { dropNulls, fillDefaults } from '../schema/defaults.ts';
import { coerceEmbedded, coerceMeta, type MetaReport } from '../schema/embedded.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { pruneObject } from '../schema/prune.ts';
import { shapeOfObject } from '../schema/shape.ts';
import { undeclaredField } from './declared.ts';

/** newStructure makes the structure of custom resources from the schema of their version. */
export function newStructure(
  schema: JsonSchema,
  restore: NonNullable<ObjectStructure['restore']>,
): ObjectStructure {
  const shape = shapeOfObject(schema);
  return {
    shape,
    restore,
    decode(value, { keepsNulls = false } = {}) {
      const report: MetaReport = { error: undefined, unknownFields: [] };
      coerceMeta(value, '', report);
      const unknown = pruneObject(schema, value);
      coerceEmbedded(schema, value, '', report);
      if (report.error === undefined) {
        if (!keepsNulls) dropNulls(schema, value);
        fillDefaults(schema, value);
      }
      return { error: report.error, unknownFields: [...unknown, ...report.unknownFields] };
    },
    undeclared: (config) => undeclaredField(schema, config),
  };
}

/** reform brings an object that was stored or converted into the form of a schema, in place. */
export function reform(schema: JsonSchema, object: KubeObject): KubeObject {
  const value = object as unknown as JsonObject;
  pruneObject(schema, value);
  dropNulls(schema, value);
  fillDefaults(schema, value);
  return object;
}
