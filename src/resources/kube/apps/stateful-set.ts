import { STATEFUL_SET_COLUMNS } from '../../../apis/apps/v1/columns.ts';
import { defaultStatefulSet } from '../../../apis/apps/v1/defaults.ts';
import {
  validateStatefulSet,
  validateStatefulSetStatus,
  validateStatefulSetUpdate,
} from '../../../apis/apps/v1/stateful-set-validation.ts';
import type { StatefulSet } from '../../../apis/apps/v1/types.ts';
import { dropOfTemplate } from '../../../apis/core/v1/switched-off.ts';
import { STATEFUL_SETS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { scaleByReplicas, templateWarnings } from './workload.ts';

/** dropSwitchedOff takes out what upstream has switched off: it is alpha. */
function dropSwitchedOff({ spec }: StatefulSet, old?: StatefulSet): void {
  dropOfTemplate(spec?.template);
  if (old?.spec?.updateStrategy?.rollingUpdate?.maxUnavailable !== undefined) return;
  delete spec?.updateStrategy?.rollingUpdate?.maxUnavailable;
}

function historyWarnings({ spec }: StatefulSet): string[] {
  if ((spec?.revisionHistoryLimit ?? 0) >= 0) return [];
  return [
    'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
  ];
}

/** statefulSetDefinition declares statefulsets (apps/v1). */
export const statefulSetDefinition: ResourceDefinition<StatefulSet> = {
  type: STATEFUL_SETS,
  definition: 'io.k8s.api.apps.v1.StatefulSet',
  shortNames: ['sts'],
  categories: ['all'],
  columns: STATEFUL_SET_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    metadataOnUpdate: 'changes',
    hasGeneration: true,
    nameRule: 'label',
    defaults: defaultStatefulSet,
    prepareForCreate(draft) {
      draft.status = { replicas: 0, availableReplicas: 0 };
      dropSwitchedOff(draft);
    },
    prepareForUpdate: dropSwitchedOff,
    validate: validateStatefulSet,
    ratchets: true,
    validateUpdate: validateStatefulSetUpdate,
    validateStatusUpdate: validateStatefulSetStatus,
    warnings: (set, old, subresource) => [
      ...templateWarnings(set, old, subresource),
      ...(subresource === '' ? historyWarnings(set) : []),
    ],
  },
  subresources: { status: { kind: 'status' }, scale: scaleByReplicas<StatefulSet>() },
};
