import {
  exactField,
  type FieldSelector,
  matchesFields,
  parseFieldSelector,
} from '../../machinery/fields.ts';
import { matchesLabels, parseSelector, SelectorError } from '../../machinery/labels.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newBadRequest } from '../../machinery/status-error.ts';
import type { Entry } from '../cache/entry.ts';
import type { StorageListOptions } from '../resource-definition.ts';
import type { StoredResource } from './registry.ts';

/** Selection is the objects that a list or watch is about. */
export interface Selection {
  /** Empty: all namespaces. */
  readonly namespace: string;
  /** The only name that can match, where the field selector demands one. */
  readonly name: string | undefined;
  /** True when neither labels nor fields narrow the selection. */
  readonly everything: boolean;
  matches(entry: Entry): boolean;
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    throw newBadRequest(error.message, error);
  }
}

/** fieldsOf answers the fields of an object that field selectors may name. */
export function fieldsOf(stored: StoredResource, object: KubeObject): Record<string, string> {
  const { name = '', namespace = '' } = object.metadata;
  return {
    'metadata.name': name,
    ...(stored.definition.type.namespaced ? { 'metadata.namespace': namespace } : {}),
    ...strategyOfFields(stored).selectableFields?.(object),
  };
}

/** strategyOfFields is that of the definition that is stored: selections are made in its form. */
function strategyOfFields({ definition, registry, strategy, view }: StoredResource) {
  if (!view) return strategy;
  const versions = registry.versionsOf(definition);
  return versions.find((one) => one.storedAs === undefined)?.strategy ?? {};
}

/** storedFields names the fields of a selector as the stored definition does. */
function storedFields(stored: StoredResource, fields: FieldSelector): FieldSelector {
  const rename = stored.view?.form.selectableField;
  if (!rename) return fields;
  return fields.map((term) => {
    const field = term.field.startsWith('metadata.') ? term.field : rename(term.field);
    if (field === undefined) throw newBadRequest(`field label not supported: ${term.field}`);
    return { ...term, field };
  });
}

function checkFields(stored: StoredResource, fields: FieldSelector): void {
  const known = knownFields(stored);
  for (const { field } of fields) {
    if (field in known) continue;
    if (strategyOfFields(stored).selectableFields) {
      throw newBadRequest(`field label not supported: ${field}`);
    }
    throw newBadRequest(
      `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
    );
  }
}

/** selectionOf reads the selectors of a list or watch; throws 400 for one that cannot be read. */
export function selectionOf(
  stored: StoredResource,
  options: StorageListOptions,
  namespace: string,
): Selection {
  const labels = parsed(() => parseSelector(options.labelSelector));
  const asked = parsed(() => parseFieldSelector(options.fieldSelector));
  const fields = asked.length > 0 ? storedFields(stored, asked) : asked;
  if (fields.length > 0) checkFields(stored, fields);
  const noLabels = labels.requirements.length === 0;
  const name = exactField(fields, 'metadata.name');
  const demanded = exactField(fields, 'metadata.namespace') ?? '';
  const scope = namespace === '' ? demanded : namespace;
  return {
    namespace: stored.definition.type.namespaced ? scope : '',
    name,
    everything: noLabels && fields.length === 0,
    matches(entry) {
      if (scope !== '' && entry.namespace !== scope && entry.namespace !== '') return false;
      if (!noLabels && !matchesLabels(labels, entry.object.metadata.labels)) return false;
      return fields.length === 0 || matchesFields(fields, fieldsOf(stored, entry.object));
    },
  };
}

/** knownFields asks the strategy for the names of its fields with an empty object. */
function knownFields(stored: StoredResource): Readonly<Record<string, string>> {
  const { kind, group, version } = stored.definition.type;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const empty = { apiVersion, kind, metadata: {}, spec: {}, status: {} };
  return fieldsOf(stored, empty as KubeObject);
}
