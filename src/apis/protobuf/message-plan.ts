import { type GoField, goStructOf, type ObjectSchema, type Schema } from '../schema/index.ts';

const EXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1';

/** JSON_SCHEMA is the definition of the schemas of custom resources. */
export const JSON_SCHEMA = `${EXTENSIONS}.JSONSchemaProps`;

/** MessageShape is a message that JSON writes otherwise: a schema or something else, or `{}`. */
export type MessageShape = 'schema-or-boolean' | 'schema-or-list' | 'schema-or-names' | 'empty';

const SHAPES: Readonly<Record<string, Readonly<Record<string, MessageShape>>>> = {
  [JSON_SCHEMA]: {
    additionalItems: 'schema-or-boolean',
    additionalProperties: 'schema-or-boolean',
    items: 'schema-or-list',
    dependencies: 'schema-or-names',
  },
  [`${EXTENSIONS}.CustomResourceSubresources`]: { status: 'empty' },
};

/** MessageField is a field of a message with what is known of its value. */
export interface MessageField extends GoField {
  /** Undefined for a message in line, and for fields that the catalogue does not have. */
  readonly schema: Schema | undefined;
  readonly shape: MessageShape | undefined;
}

const plans = new Map<string, readonly MessageField[]>();

/**
 * fieldsOfMessage answers the fields of a message in the order of their numbers. `schema` is that of
 * the object, `message` the definition whose fields are meant: another one for messages in line.
 */
export function fieldsOfMessage(message: string, schema: ObjectSchema): readonly MessageField[] {
  const key = `${message} ${schema.definition}`;
  const known = plans.get(key);
  if (known) return known;
  const fields = (goStructOf(message) ?? [])
    .filter(({ number }) => number > 0)
    .map((field) => ({
      ...field,
      schema: schema.fields.get(field.name)?.schema,
      shape: SHAPES[message]?.[field.name],
    }))
    .sort((a, b) => a.number - b.number);
  plans.set(key, fields);
  return fields;
}
