import type { KubeObject } from '../machinery/object.ts';
import type { Strategy } from './resource-definition.ts';

/** FormConversion converts one object between a served version and the stored one, at once. */
export interface FormConversion<Served extends KubeObject, Stored extends KubeObject> {
  toStored(object: Served): Stored;
  fromStored(object: Stored): Served;
}

/**
 * convertedStrategy makes the rules of the stored version hold in another one: objects are
 * converted, judged and prepared in the stored form, so that the paths of errors are those of the
 * stored version. Defaults are the served version's own.
 */
export function convertedStrategy<Served extends KubeObject, Stored extends KubeObject>(
  stored: Strategy<Stored>,
  conversion: FormConversion<Served, Stored>,
  defaults?: (draft: Served) => void,
): Strategy<Served> {
  const to = (object: Served) => conversion.toStored(object);
  const prepared = async (draft: Served, prepare: (form: Stored) => void | Promise<void>) => {
    const form = structuredClone(to(draft));
    await prepare(form);
    replaceContent(draft, conversion.fromStored(form));
  };
  const { prepareForCreate, prepareForUpdate, prepareForStatusUpdate } = stored;
  const { validate, validateCreate, validateUpdate, validateStatusUpdate, warnings } = stored;
  const { nameErrors } = stored;
  return {
    ...flagsOf(stored),
    ...(defaults && { defaults }),
    ...(prepareForCreate && {
      prepareForCreate: (draft, context) =>
        prepared(draft, (form) => prepareForCreate.call(stored, form, context)),
    }),
    ...(prepareForUpdate && {
      prepareForUpdate: (draft, old, context) =>
        prepared(draft, (form) => prepareForUpdate.call(stored, form, to(old), context)),
    }),
    ...(prepareForStatusUpdate && {
      prepareForStatusUpdate: (draft, old, context) =>
        prepared(draft, (form) => prepareForStatusUpdate.call(stored, form, to(old), context)),
    }),
    ...(nameErrors && {
      nameErrors: (name, object) => nameErrors.call(stored, name, to(object)),
    }),
    ...(validate && { validate: (object) => validate.call(stored, to(object)) }),
    ...(validateCreate && { validateCreate: (object) => validateCreate.call(stored, to(object)) }),
    ...(validateUpdate && {
      validateUpdate: (object, old) => validateUpdate.call(stored, to(object), to(old)),
    }),
    ...(validateStatusUpdate && {
      validateStatusUpdate: (object, old) => validateStatusUpdate.call(stored, to(object), to(old)),
    }),
    ...(warnings && {
      warnings: (object, old, subresource) =>
        warnings.call(stored, to(object), old && to(old), subresource),
    }),
  };
}

function flagsOf(stored: Strategy<never>) {
  const { allowCreateOnUpdate, allowUnconditionalUpdate, nameRule, metadataOnUpdate } = stored;
  const { returnsDeletedObject, hasStatus, hasGeneration, statusChangesMetadata } = stored;
  return {
    ...(allowCreateOnUpdate !== undefined && { allowCreateOnUpdate }),
    ...(allowUnconditionalUpdate !== undefined && { allowUnconditionalUpdate }),
    ...(nameRule !== undefined && { nameRule }),
    ...(metadataOnUpdate !== undefined && { metadataOnUpdate }),
    ...(returnsDeletedObject !== undefined && { returnsDeletedObject }),
    ...(hasStatus !== undefined && { hasStatus }),
    ...(statusChangesMetadata !== undefined && { statusChangesMetadata }),
    ...(hasGeneration !== undefined && { hasGeneration }),
  };
}

function replaceContent(target: object, source: object): void {
  for (const key of Object.keys(target)) Reflect.deleteProperty(target, key);
  Object.assign(target, source);
}
