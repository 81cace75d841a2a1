import type {
  ArraySchema,
  FieldSchema,
  MapSchema,
  ObjectSchema,
  ScalarSchema,
  ScalarType,
  Schema,
} from '../../../apis/schema/index.ts';

function scalar(type: ScalarType): ScalarSchema {
  return { kind: 'scalar', type, bits: 64 };
}

/** TEXT is the schema of a text. */
export const TEXT = scalar('string');
/** BYTES is the schema of bytes, in base64. */
export const BYTES = scalar('byte');
/** YES_NO is the schema of a boolean. */
export const YES_NO = scalar('boolean');

/** listOf is the schema of a list. */
export function listOf(items: Schema): ArraySchema {
  return { kind: 'array', items };
}

/** mapOf is the schema of an object whose keys are data. */
export function mapOf(values: Schema): MapSchema {
  return { kind: 'map', values };
}

function fieldOf(schema: Schema): FieldSchema {
  return {
    schema,
    default: undefined,
    listType: 'atomic',
    mapKeys: [],
    mapType: 'granular',
    patchMergeKey: undefined,
    patchStrategies: [],
  };
}

/** structOf is the schema of an object of a configuration file; `name` is what messages call it. */
export function structOf(name: string, fields: Readonly<Record<string, Schema>>): ObjectSchema {
  return {
    kind: 'object',
    definition: `io.k8s.apiserver.v1.${name}`,
    free: false,
    required: [],
    mapType: 'granular',
    fields: new Map(Object.entries(fields).map(([key, one]) => [key, fieldOf(one)])),
  };
}
