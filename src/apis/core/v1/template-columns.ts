import type { ObjectMeta } from '../../../machinery/meta/v1.ts';
import {
  ageColumn,
  nameColumn,
  numberColumn,
  type PrinterColumn,
  wideColumn,
} from '../../printer-column.ts';
import type { PodTemplateSpec } from './types.ts';

interface Replicated {
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
}

/** replicaColumns are what replica sets and replication controllers show alike. */
export function replicaColumns<T extends Replicated>(): PrinterColumn<T>[] {
  return [
    nameColumn(),
    numberColumn(
      'Desired',
      'The number of replicas that is wanted.',
      (one) => one.spec?.replicas ?? 0,
    ),
    numberColumn(
      'Current',
      'The number of replicas that exist.',
      (one) => one.status?.replicas ?? 0,
    ),
    numberColumn(
      'Ready',
      'The number of replicas that are ready.',
      (one) => one.status?.readyReplicas ?? 0,
    ),
    ageColumn(),
  ];
}

/** containerColumns are the names and images of the containers of a template, in the wide form. */
export function containerColumns<T>(
  templateOf: (object: T) => PodTemplateSpec | undefined,
): PrinterColumn<T>[] {
  const containers = (one: T) => templateOf(one)?.spec?.containers ?? [];
  return [
    wideColumn('Containers', 'Names of each container in the template.', (one) =>
      containers(one)
        .map(({ name }) => name)
        .join(','),
    ),
    wideColumn('Images', 'Images referenced by each container in the template.', (one) =>
      containers(one)
        .map(({ image }) => image ?? '')
        .join(','),
    ),
  ];
}
