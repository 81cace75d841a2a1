import { exactField, type FieldSelector, matchesFields } from '../../machinery/fields.ts';
import { matchesLabels } from '../../machinery/labels.ts';
import { apiVersionOf, type KubeObject } from '../../machinery/object.ts';
import { newBadRequest } from '../../machinery/status-error.ts';
import type { Entry, Fields } from '../cache/entry.ts';
import { newUnknownField, parseSelectors } from '../name-selection.ts';
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

/** NAME_FIELDS are the fields that an entry knows without being parsed. */
const NAME_FIELDS: ReadonlySet<string> = new Set(['metadata.name', 'metadata.namespace']);

function namesOf({ name, namespace }: Pick<Entry, 'name' | 'namespace'>): Fields {
  return { 'metadata.name': name, 'metadata.namespace': namespace };
}

/** fieldMatcher decides by the fields of an entry, and looks at the object only where it must. */
function fieldMatcher(stored: StoredResource, fields: FieldSelector): (entry: Entry) => boolean {
  const names = fields.filter((term) => NAME_FIELDS.has(term.field));
  const others = fields.filter((term) => !NAME_FIELDS.has(term.field));
  const strategy = strategyOfFields(stored);
  const of = (object: KubeObject): Fields => strategy.selectableFields?.(object) ?? {};
  return (entry) =>
    (names.length === 0 || matchesFields(names, namesOf(entry))) &&
    (others.length === 0 || matchesFields(others, entry.fields(of)));
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
    const { unknownField, selectableFields } = strategyOfFields(stored);
    if (unknownField) throw newBadRequest(unknownField(field));
    if (selectableFields) {
      throw newBadRequest(`field label not supported: ${field}`);
    }
    throw newUnknownField(field);
  }
}

/** selectionOf reads the selectors of a list or watch; throws 400 for one that cannot be read. */
export function selectionOf(
  stored: StoredResource,
  options: StorageListOptions,
  namespace: string,
): Selection {
  const { labels, fields: asked } = parseSelectors(options);
  const fields = asked.length > 0 ? storedFields(stored, asked) : asked;
  if (fields.length > 0) checkFields(stored, fields);
  const noLabels = labels.requirements.length === 0;
  const name = exactField(fields, 'metadata.name');
  const matchesFieldsOf = fieldMatcher(stored, fields);
  const demanded = exactField(fields, 'metadata.namespace') ?? '';
  const scope = namespace === '' ? demanded : namespace;
  return {
    namespace: stored.definition.type.namespaced ? scope : '',
    name,
    everything: noLabels && fields.length === 0,
    matches(entry) {
      if (scope !== '' && entry.namespace !== scope && entry.namespace !== '') return false;
      if (!noLabels && !matchesLabels(labels, entry.labels)) return false;
      return matchesFieldsOf(entry);
    },
  };
}

/** knownFields asks the strategy for the names of its fields with an empty object. */
function knownFields(stored: StoredResource): Fields {
  const { type } = stored.definition;
  const { kind } = type;
  const empty = { apiVersion: apiVersionOf(type), kind, metadata: {}, spec: {}, status: {} };
  return {
    'metadata.name': '',
    'metadata.namespace': '',
    ...strategyOfFields(stored).selectableFields?.(empty as KubeObject),
  };
}
