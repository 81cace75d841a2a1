import { selectorObjectText } from '../../../machinery/labels.ts';
import type { LabelSelector, ObjectMeta } from '../../../machinery/meta/v1.ts';
import type { PodTemplateSpec } from '../../core/v1/types.ts';
import {
  ageColumn,
  column,
  nameColumn,
  numberColumn,
  type PrinterColumn,
  wideColumn,
} from '../../printer-column.ts';
import type { Deployment, ReplicaSet } from './types.ts';

interface Templated {
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly template?: PodTemplateSpec; readonly selector: LabelSelector };
}

function templateColumns<T extends Templated>(): PrinterColumn<T>[] {
  const containers = (one: T) => one.spec?.template?.spec?.containers ?? [];
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
    wideColumn('Selector', 'The labels of the pods that it owns.', (one) =>
      selectorObjectText(one.spec?.selector),
    ),
  ];
}

/** DEPLOYMENT_COLUMNS are the columns of `kubectl get deployments`. */
export const DEPLOYMENT_COLUMNS: readonly PrinterColumn<Deployment>[] = [
  nameColumn(),
  column(
    'Ready',
    'The number of ready pods of those that are wanted.',
    (one) => `${one.status?.readyReplicas ?? 0}/${one.spec?.replicas ?? 0}`,
  ),
  numberColumn(
    'Up-to-date',
    'The number of pods made from the present template.',
    (one) => one.status?.updatedReplicas ?? 0,
  ),
  numberColumn(
    'Available',
    'The number of pods ready for at least minReadySeconds.',
    (one) => one.status?.availableReplicas ?? 0,
  ),
  ageColumn(),
  ...templateColumns<Deployment>(),
];

/** REPLICA_SET_COLUMNS are the columns of `kubectl get replicasets`. */
export const REPLICA_SET_COLUMNS: readonly PrinterColumn<ReplicaSet>[] = [
  nameColumn(),
  numberColumn(
    'Desired',
    'The number of replicas that is wanted.',
    (one) => one.spec?.replicas ?? 0,
  ),
  numberColumn('Current', 'The number of replicas that exist.', (one) => one.status?.replicas ?? 0),
  numberColumn(
    'Ready',
    'The number of replicas that are ready.',
    (one) => one.status?.readyReplicas ?? 0,
  ),
  ageColumn(),
  ...templateColumns<ReplicaSet>(),
];
