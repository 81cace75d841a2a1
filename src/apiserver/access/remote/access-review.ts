import { parseFieldSelector } from '../../../machinery/fields.ts';
import type { JsonObject } from '../../../machinery/json-value.ts';
import { type LabelOperator, parseSelector, SelectorError } from '../../../machinery/labels.ts';
import type { AuthorizationAttributes } from '../../contracts.ts';

interface Requirement extends JsonObject {
  readonly key: string;
  readonly operator: string;
}

const OPERATORS: Readonly<Partial<Record<LabelOperator, string>>> = {
  in: 'In',
  '=': 'In',
  '==': 'In',
  notin: 'NotIn',
  '!=': 'NotIn',
  exists: 'Exists',
  '!': 'DoesNotExist',
};

/** What cannot be read only makes the question wider: it is left out, as upstream does. */
function labelRequirements(text: string): Requirement[] {
  try {
    return parseSelector(text).requirements.flatMap(({ key, operator, values }) => {
      const known = OPERATORS[operator];
      if (known === undefined) return [];
      return [{ key, operator: known, ...(values.length > 0 && { values: [...values] }) }];
    });
  } catch (error) {
    if (error instanceof SelectorError) return [];
    throw error;
  }
}

function fieldRequirements(text: string): Requirement[] {
  try {
    return parseFieldSelector(text).map(({ field, equal, value }) => ({
      key: field,
      operator: equal ? 'In' : 'NotIn',
      values: [value],
    }));
  } catch (error) {
    if (error instanceof SelectorError) return [];
    throw error;
  }
}

function selectorsOf({ fieldSelector = '', labelSelector = '' }: AuthorizationAttributes) {
  const fields = fieldRequirements(fieldSelector);
  const labels = labelRequirements(labelSelector);
  return {
    ...(fields.length > 0 && { fieldSelector: { requirements: fields } }),
    ...(labels.length > 0 && { labelSelector: { requirements: labels } }),
  };
}

interface Asked {
  readonly user: AuthorizationAttributes['user'];
  readonly extra: JsonObject;
  readonly place: Readonly<Record<string, string>>;
}

function askedBy(attributes: AuthorizationAttributes): Asked {
  const { user, verb, group, version, resource, subresource, name, namespace } = attributes;
  const extra = Object.entries(user.extra ?? {}).map(([key, list]) => [key, [...list]] as const);
  const place = { namespace, verb, group, version, resource, subresource, name };
  return { user, extra: Object.fromEntries(extra), place };
}

/**
 * reviewSpecOf is a question to the authorizer as the spec of a SubjectAccessReview, `v1` or
 * `v1beta1`.
 */
export function reviewSpecOf(attributes: AuthorizationAttributes, version: string): JsonObject {
  const { path, verb } = attributes;
  const { user, extra, place } = askedBy(attributes);
  const said = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== ''));
  return {
    ...(path === undefined
      ? { resourceAttributes: { ...said, ...selectorsOf(attributes) } }
      : { nonResourceAttributes: { path, verb } }),
    user: user.name,
    [version === 'v1beta1' ? 'group' : 'groups']: [...user.groups],
    ...(Object.keys(extra).length > 0 && { extra }),
    ...(user.uid && { uid: user.uid }),
  };
}

/** conditionSubject is the same for match conditions, which see every text, if empty. */
export function conditionSubject(attributes: AuthorizationAttributes): JsonObject {
  const { path, verb } = attributes;
  const { user, extra, place } = askedBy(attributes);
  return {
    user: user.name,
    groups: [...user.groups],
    uid: user.uid ?? '',
    extra,
    ...(path === undefined
      ? { resourceAttributes: { ...place, ...selectorsOf(attributes) } }
      : { nonResourceAttributes: { path, verb } }),
  };
}
