import { labelsText, selectorObjectText } from '../../../machinery/labels.ts';
import type { LabelSelector, ObjectMeta } from '../../../machinery/meta/v1.ts';
import { containerColumns, replicaColumns } from '../../core/v1/template-columns.ts';
import type { PodTemplateSpec } from '../../core/v1/types.ts';
import {
  ageColumn,
  column,
  nameColumn,
  numberColumn,
  type PrinterColumn,
  wideColumn,
} from '../../printer-column.ts';
import type {
  ControllerRevision,
  DaemonSet,
  Deployment,
  ReplicaSet,
  StatefulSet,
} from './types.ts';

interface Templated {
  readonly metadata: ObjectMeta;
  readonly spec?: { readonly template?: PodTemplateSpec; readonly selector: LabelSelector };
}

function templateColumns<T extends Templated>(): PrinterColumn<T>[] {
  return [
    ...containerColumns<T>((one) => one.spec?.template),
    wideColumn('Selector', 'The labels of the pods that it owns.', (one) =>
      selectorObjectText(one.spec?.selector),
    ),
  ];
}

/** countColumn makes a column that upstream declares as text and fills with numbers. */
function countColumn<T>(name: string, description: string, cell: (object: T) => number) {
  return { name, type: 'string' as const, description, cell };
}

/** DEPLOYMENT_COLUMNS are the columns of `kubectl get deployments`. */
export const DEPLOYMENT_COLUMNS: readonly PrinterColumn<Deployment>[] = [
  nameColumn(),
  column(
    'Ready',
    'The number of ready pods of those that are wanted.',
    (one) => `${one.status?.readyReplicas ?? 0}/${one.spec?.replicas ?? 0}`,
  ),
  countColumn(
    'Up-to-date',
    'The number of pods made from the present template.',
    (one) => one.status?.updatedReplicas ?? 0,
  ),
  countColumn(
    'Available',
    'The number of pods ready for at least minReadySeconds.',
    (one) => one.status?.availableReplicas ?? 0,
  ),
  ageColumn(),
  ...templateColumns<Deployment>(),
];

/** REPLICA_SET_COLUMNS are the columns of `kubectl get replicasets`. */
export const REPLICA_SET_COLUMNS: readonly PrinterColumn<ReplicaSet>[] = [
  ...replicaColumns<ReplicaSet>(),
  ...templateColumns<ReplicaSet>(),
];

/** STATEFUL_SET_COLUMNS are the columns of `kubectl get statefulsets`. */
export const STATEFUL_SET_COLUMNS: readonly PrinterColumn<StatefulSet>[] = [
  nameColumn(),
  column(
    'Ready',
    'The number of ready pods of those that are wanted.',
    (one) => `${one.status?.readyReplicas ?? 0}/${one.spec?.replicas ?? 0}`,
  ),
  ageColumn(),
  ...containerColumns<StatefulSet>((one) => one.spec?.template),
];

/** DAEMON_SET_COLUMNS are the columns of `kubectl get daemonsets`. */
export const DAEMON_SET_COLUMNS: readonly PrinterColumn<DaemonSet>[] = [
  nameColumn(),
  numberColumn(
    'Desired',
    'The number of nodes that should run a pod.',
    (one) => one.status?.desiredNumberScheduled ?? 0,
  ),
  numberColumn(
    'Current',
    'The number of nodes that run a pod and should.',
    (one) => one.status?.currentNumberScheduled ?? 0,
  ),
  numberColumn('Ready', 'The number of ready pods.', (one) => one.status?.numberReady ?? 0),
  numberColumn(
    'Up-to-date',
    'The number of pods made from the present template.',
    (one) => one.status?.updatedNumberScheduled ?? 0,
  ),
  numberColumn(
    'Available',
    'The number of pods ready for at least minReadySeconds.',
    (one) => one.status?.numberAvailable ?? 0,
  ),
  column('Node Selector', 'The labels of the nodes that run pods.', (one) =>
    labelsText(one.spec?.template?.spec?.nodeSelector),
  ),
  ageColumn(),
  ...templateColumns<DaemonSet>(),
];

function controllerText({ metadata }: ControllerRevision): string {
  const owner = metadata.ownerReferences?.find((one) => one.controller);
  if (owner === undefined) return '<none>';
  const [group, version] = owner.apiVersion.split('/');
  const kind = owner.kind.toLowerCase();
  return `${version === undefined ? kind : `${kind}.${group}`}/${owner.name}`;
}

/** CONTROLLER_REVISION_COLUMNS are the columns of `kubectl get controllerrevisions`. */
export const CONTROLLER_REVISION_COLUMNS: readonly PrinterColumn<ControllerRevision>[] = [
  nameColumn(),
  column('Controller', 'What the revision is of.', controllerText),
  countColumn('Revision', 'The number of the revision.', (one) => one.revision),
  ageColumn(),
];
