import type { CustomResourceColumnDefinition } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { nameColumn } from '../../apis/printer-column.ts';
import type { Column } from '../../apiserver/resource-definition.ts';
import { ageOf } from '../../machinery/duration.ts';
import { findValues, valueText } from '../../machinery/jsonpath/evaluate.ts';
import { JsonPathError } from '../../machinery/jsonpath/json-path-error.ts';
import type { KubeObject } from '../../machinery/object.ts';

const AGE: CustomResourceColumnDefinition = {
  name: 'Age',
  type: 'date',
  jsonPath: '.metadata.creationTimestamp',
  description:
    'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
};

/** columnsOf are the printer columns of a version; the age where it names none. */
export function columnsOf(
  declared: readonly CustomResourceColumnDefinition[] | undefined,
): Column<KubeObject>[] {
  const columns = declared?.length ? declared : [AGE];
  return [nameColumn<KubeObject>(), ...columns.map(columnOf)];
}

function columnOf(declared: CustomResourceColumnDefinition): Column<KubeObject> {
  const { name, type, format, priority, jsonPath, description } = declared;
  return {
    name,
    type,
    ...(format === undefined ? {} : { format }),
    ...(priority === undefined ? {} : { priority }),
    description:
      description || `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    cell: (object, now) => cellOf(type, firstValue(jsonPath, object), now),
  };
}

function firstValue(jsonPath: string, object: KubeObject): unknown {
  try {
    return findValues(`{${jsonPath}}`, object)[0];
  } catch (error) {
    if (error instanceof JsonPathError) return undefined;
    throw error;
  }
}

function cellOf(type: string, value: unknown, now: Date): string | number | boolean | null {
  if (value === undefined) return null;
  switch (type) {
    case 'string':
      return valueText(value);
    case 'integer':
      return typeof value === 'number' ? Math.trunc(value) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'date':
      return typeof value === 'string' ? dateCell(value, now) : null;
    default:
      return null;
  }
}

function dateCell(text: string, now: Date): string {
  return Number.isNaN(Date.parse(text)) ? '<invalid>' : ageOf(text, now);
}
