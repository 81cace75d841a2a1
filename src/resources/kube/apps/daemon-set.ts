import { DAEMON_SET_COLUMNS } from '../../../apis/apps/v1/columns.ts';
import {
  validateDaemonSet,
  validateDaemonSetStatus,
  validateDaemonSetUpdate,
} from '../../../apis/apps/v1/daemon-set-validation.ts';
import { defaultDaemonSet } from '../../../apis/apps/v1/defaults.ts';
import type { DaemonSet } from '../../../apis/apps/v1/types.ts';
import { dropOfTemplate } from '../../../apis/core/v1/switched-off.ts';
import { DAEMON_SETS } from '../../../apis/resource-types.ts';
import { goEqual, schemaOf } from '../../../apis/schema/index.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { templateWarnings } from './workload.ts';

/** How often the template changed: upstream shows this internal count as an annotation. */
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

function setTemplateGeneration(set: DaemonSet, count: number): void {
  set.metadata.annotations = { ...set.metadata.annotations, [TEMPLATE_GENERATION]: `${count}` };
}

function templateGeneration({ metadata }: DaemonSet): number {
  return Number.parseInt(metadata.annotations?.[TEMPLATE_GENERATION] ?? '', 10) || 0;
}

const TEMPLATE = schemaOf('io.k8s.api.core.v1.PodTemplateSpec');

/** daemonSetDefinition declares daemonsets (apps/v1). */
export const daemonSetDefinition: ResourceDefinition<DaemonSet> = {
  type: DAEMON_SETS,
  definition: 'io.k8s.api.apps.v1.DaemonSet',
  shortNames: ['ds'],
  categories: ['all'],
  columns: DAEMON_SET_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    metadataOnUpdate: 'changes',
    hasGeneration: true,
    defaults(draft) {
      defaultDaemonSet(draft);
      setTemplateGeneration(draft, templateGeneration(draft));
    },
    prepareForCreate(draft) {
      draft.status = {
        currentNumberScheduled: 0,
        numberMisscheduled: 0,
        desiredNumberScheduled: 0,
        numberReady: 0,
      };
      setTemplateGeneration(draft, Math.max(1, templateGeneration(draft)));
      dropOfTemplate(draft.spec?.template);
    },
    prepareForUpdate(draft, old) {
      dropOfTemplate(draft.spec?.template);
      const changed = !goEqual(TEMPLATE, draft.spec?.template, old.spec?.template);
      setTemplateGeneration(draft, templateGeneration(old) + (changed ? 1 : 0));
    },
    prepareForStatusUpdate(draft, old) {
      setTemplateGeneration(draft, templateGeneration(old));
    },
    validate: validateDaemonSet,
    ratchets: true,
    warnings: (set, old, subresource) =>
      old !== undefined && templateGeneration(old) === templateGeneration(set)
        ? []
        : templateWarnings(set, old, subresource),
    validateUpdate: validateDaemonSetUpdate,
    validateStatusUpdate: validateDaemonSetStatus,
  },
  subresources: { status: { kind: 'status' } },
};
