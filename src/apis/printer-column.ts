import { ageOf } from '../machinery/duration.ts';
import type { ObjectMeta } from '../machinery/meta/v1.ts';

/**
 * PrinterColumn is one column of a Table of a kind. It has the shape of the API server's `Column`,
 * which this room may not import.
 */
export interface PrinterColumn<T> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'date';
  readonly format?: 'name';
  readonly priority?: 0 | 1;
  readonly description: string;
  cell(object: T, now: Date): string | number | boolean;
}

interface Named {
  readonly metadata: ObjectMeta;
}

/** nameColumn is the first column of every Table. */
export function nameColumn<T extends Named>(priority?: 1): PrinterColumn<T> {
  return {
    name: 'Name',
    type: 'string',
    format: 'name',
    ...(priority === undefined ? {} : { priority }),
    description:
      'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names',
    cell: (object) => object.metadata.name ?? '',
  };
}

/** ageColumn is the time since creation as people read it. */
export function ageColumn<T extends Named>(): PrinterColumn<T> {
  return {
    name: 'Age',
    type: 'string',
    description:
      'CreationTimestamp is a timestamp representing the server time when this object was created. Populated by the system. Read-only.',
    cell: (object, now) => ageOf(object.metadata.creationTimestamp, now),
  };
}

/** column makes a column of text. */
export function column<T>(
  name: string,
  description: string,
  cell: (object: T, now: Date) => string,
): PrinterColumn<T> {
  return { name, type: 'string', description, cell };
}

/** wideColumn makes a column of text that only `-o wide` shows. */
export function wideColumn<T>(
  name: string,
  description: string,
  cell: (object: T, now: Date) => string,
): PrinterColumn<T> {
  return { name, type: 'string', priority: 1, description, cell };
}

/** numberColumn makes a column of whole numbers. */
export function numberColumn<T>(
  name: string,
  description: string,
  cell: (object: T, now: Date) => number,
): PrinterColumn<T> {
  return { name, type: 'integer', description, cell };
}
