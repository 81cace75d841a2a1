import { SCALE_COLUMNS } from '../../apis/autoscaling/v1/columns.ts';
import { goJsonInOrder } from '../../machinery/go-json.ts';
import type { KubeList, KubeObject } from '../../machinery/object.ts';
import type { Column, ResourceDefinition } from '../resource-definition.ts';
import type { ListPayload } from './list-payload.ts';
import { partialOf } from './partial-metadata.ts';
import type { Payload } from './payload.ts';

/** IncludeObject says what rows carry beside their cells. */
export type IncludeObject = 'None' | 'Metadata' | 'Object';

/** TableOptions says how a Table is to be made. */
export interface TableOptions {
  /** `meta.k8s.io/v1` or `v1beta1`. */
  readonly version: string;
  readonly includeObject: IncludeObject;
  readonly now: Date;
  /** False for the events of a watch after the first. */
  readonly headers: boolean;
}

const DEFAULT_COLUMNS: readonly Column<KubeObject>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description:
      'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
    cell: (object) => object.metadata.name ?? '',
  },
  {
    name: 'Created At',
    type: 'date',
    description:
      'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
    cell: (object) => object.metadata.creationTimestamp ?? '<unknown>',
  },
];

function rowObject(object: KubeObject, options: TableOptions): object | null {
  switch (options.includeObject) {
    case 'None':
      return null;
    case 'Object':
      return object;
    case 'Metadata':
      return partialOf(object, options.version);
  }
}

function definitionOf(column: Column<KubeObject>): object {
  const { name, type, format = '', description, priority = 0 } = column;
  return { name, type, format, description, priority };
}

/** columnsOf answers the columns of a definition for an object or list of a kind. */
function columnsOf(definition: ResourceDefinition, shown: string): readonly Column<KubeObject>[] {
  const { kind } = definition.type;
  if (shown === 'Scale' && kind !== shown) return SCALE_COLUMNS as readonly Column<KubeObject>[];
  const isOwnKind = shown === kind || shown === (definition.listKind ?? `${kind}List`);
  return (isOwnKind && definition.columns) || DEFAULT_COLUMNS;
}

function rowOf(
  columns: readonly Column<KubeObject>[],
  object: KubeObject,
  options: TableOptions,
): object {
  const cells = columns.map((column) => column.cell(object, options.now));
  return { cells, object: rowObject(object, options) };
}

function headOf(
  columns: readonly Column<KubeObject>[],
  metadata: KubeList['metadata'],
  options: TableOptions,
): object {
  const { resourceVersion, continue: next, remainingItemCount } = metadata;
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: {
      resourceVersion,
      ...(next ? { continue: next } : {}),
      ...(remainingItemCount === undefined ? {} : { remainingItemCount }),
    },
    columnDefinitions: options.headers ? columns.map(definitionOf) : null,
  };
}

/** tableOf prints an object, or the items of a list, as a Table. */
export function tableOf(
  definition: ResourceDefinition,
  value: KubeObject | KubeList,
  options: TableOptions,
): object {
  const columns = columnsOf(definition, value.kind);
  const items = 'items' in value ? value.items : [value];
  const rows = items.map((object) => rowOf(columns, object, options));
  return { ...headOf(columns, value.metadata as KubeList['metadata'], options), rows };
}

/** tableOfList prints a stored list as a Table, in steps. */
export function tableOfList(
  definition: ResourceDefinition,
  list: ListPayload,
  options: TableOptions,
): Promise<Payload> {
  const columns = columnsOf(definition, definition.type.kind);
  const head = headOf(columns, list.metadata, options);
  return list.printed({ head, field: 'rows' }, (entry) =>
    Buffer.from(goJsonInOrder(entry.read((object) => rowOf(columns, object, options)))),
  );
}
