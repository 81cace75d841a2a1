import { defaultPod } from '../../../apis/core/v1/defaults.ts';
import { validatePodStatusUpdate } from '../../../apis/core/v1/pod-status-validation.ts';
import { validatePodUpdate } from '../../../apis/core/v1/pod-update-validation.ts';
import { validatePod, validatePodCreate } from '../../../apis/core/v1/pod-validation.ts';
import { podTemplateWarnings } from '../../../apis/core/v1/pod-warnings.ts';
import { qosClassOf } from '../../../apis/core/v1/qos-class.ts';
import { dropOfPodSpec, dropOfPodStatus } from '../../../apis/core/v1/switched-off.ts';
import type { Pod, PodStatus } from '../../../apis/core/v1/types.ts';
import type { Strategy } from '../../../apiserver/resource-definition.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import type { DeleteOptions } from '../../../machinery/meta/v1.ts';
import { dnsLabelErrors } from '../../../machinery/names.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import type { PodBindings } from './pod-binding.ts';

function gracePeriodSeconds(pod: Pod, options: DeleteOptions): number {
  const period = options.gracePeriodSeconds ?? pod.spec?.terminationGracePeriodSeconds ?? 30;
  const { phase } = pod.status ?? {};
  if (!pod.spec?.nodeName || phase === 'Failed' || phase === 'Succeeded') return 0;
  return period < 0 ? 1 : period;
}

function selectableFields(pod: Pod): Record<string, string> {
  const { spec, status } = pod;
  return {
    'spec.nodeName': spec?.nodeName ?? '',
    'spec.restartPolicy': spec?.restartPolicy ?? '',
    'spec.schedulerName': spec?.schedulerName ?? '',
    'spec.serviceAccountName': spec?.serviceAccountName ?? '',
    'spec.hostNetwork': String(spec?.hostNetwork ?? false),
    'status.phase': status?.phase ?? '',
    'status.podIP': status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
    'status.podIPs': status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
    'status.nominatedNodeName': status?.nominatedNodeName ?? '',
  };
}

function podWarnings(pod: Pod): string[] {
  const errors = dnsLabelErrors(pod.metadata.name ?? '');
  const text = `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${errors.join(' ')}]`;
  return [...(errors.length > 0 ? [text] : []), ...podTemplateWarnings(pod)];
}

/** The spec without the node: being bound does not count as a change. */
function unbound({ spec }: Pod): object {
  const { nodeName: _node, ...rest } = spec ?? {};
  return rest;
}

function setGated(status: PodStatus, now: Date): void {
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
    lastTransitionTime: timestampOf(now),
  };
  status.conditions = [...(status.conditions ?? []), condition];
}

/** podStrategy follows upstream's pod strategy. */
export function podStrategy(bindings: PodBindings): Strategy<Pod> {
  return {
    hasStatus: true,
    statusChangesMetadata: true,
    subresourceResetFields: { status: ['metadata.ownerReferences'] },
    hasGeneration: true,
    changesGeneration: (draft, old) => !semanticEqual(unbound(draft), unbound(old)),
    returnsDeletedObject: true,
    defaults: defaultPod,
    prepareForCreate(draft, context) {
      const { spec } = draft;
      dropOfPodSpec(spec);
      draft.status = { phase: 'Pending', ...(spec && { qosClass: qosClassOf(spec) }) };
      if ((spec?.schedulingGates ?? []).length > 0) setGated(draft.status, context.now);
    },
    prepareForUpdate(draft, old, context) {
      dropOfPodSpec(draft.spec);
      if (bindings.isUnderWay(draft, old)) bindings.finish(draft, context);
    },
    prepareForStatusUpdate(draft, old) {
      if (old.metadata.ownerReferences)
        draft.metadata.ownerReferences = structuredClone(old.metadata.ownerReferences);
      else delete draft.metadata.ownerReferences;
      if (old.metadata.deletionTimestamp === undefined) delete draft.metadata.deletionTimestamp;
      const qosClass = old.status?.qosClass;
      draft.status ??= {};
      dropOfPodStatus(draft.status);
      if (!draft.status.qosClass && qosClass) draft.status.qosClass = qosClass;
    },
    validate: validatePod,
    validateCreate: validatePodCreate,
    warnings: (pod, old) => (old === undefined ? podWarnings(pod) : []),
    validateUpdate: (draft, old) =>
      validatePodUpdate(draft, old, { mayBind: bindings.isUnderWay(draft, old) }),
    validateStatusUpdate: validatePodStatusUpdate,
    gracePeriodSeconds,
    selectableFields,
  };
}
