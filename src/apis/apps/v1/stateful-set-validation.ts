import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { validateClaimSpec } from '../../core/v1/claim-validation.ts';
import { validateLabelSelector } from '../../core/v1/label-selector-validation.ts';
import {
  isEmptySelector,
  shownSelector,
  templateLabelErrors,
} from '../../core/v1/selector-matching.ts';
import type { PodTemplateSpec, Volume } from '../../core/v1/types.ts';
import { validatePodTemplateSpec } from '../../core/v1/validation.ts';
import {
  annotationErrors,
  dnsLabel,
  labelErrors,
  nonNegative,
} from '../../core/v1/validation-rules.ts';
import { goEqual, schemaOf } from '../../schema/index.ts';
import {
  alwaysRunningErrors,
  atMost,
  availableAtMostReady,
  collisionErrors,
} from './replica-set-validation.ts';
import { atMostHundredPercent, intOrPercentErrors, ofHundred } from './rollout-bounds.ts';
import { validateSelector } from './selector-validation.ts';
import type {
  RollingUpdateStatefulSetStrategy,
  StatefulSet,
  StatefulSetSpec,
  StatefulSetUpdateStrategy,
} from './types.ts';

const RETENTIONS = ['Retain', 'Delete'];

function goRolling(rolling: RollingUpdateStatefulSetStrategy | undefined) {
  if (rolling === undefined) return null;
  const { partition = 0, maxUnavailable = null } = rolling;
  return { Partition: partition, MaxUnavailable: maxUnavailable };
}

function rollingErrors(rolling: RollingUpdateStatefulSetStrategy, path: string): FieldError[] {
  const { partition, maxUnavailable } = rolling;
  const errors = nonNegative(`${path}.partition`, partition);
  if (maxUnavailable === undefined) return errors;
  const at = `${path}.maxUnavailable`;
  errors.push(...intOrPercentErrors(at, maxUnavailable));
  if (ofHundred(maxUnavailable) === 0) errors.push(invalid(at, maxUnavailable, 'cannot be 0'));
  return [...errors, ...atMostHundredPercent(at, maxUnavailable)];
}

function strategyErrors(strategy: StatefulSetUpdateStrategy, path: string): FieldError[] {
  const { type = '', rollingUpdate } = strategy;
  switch (type) {
    case '':
      return [required(path)];
    case 'OnDelete': {
      if (rollingUpdate === undefined) return [];
      const detail = "only allowed for updateStrategy 'RollingUpdate'";
      return [invalid(`${path}.rollingUpdate`, goRolling(rollingUpdate), detail)];
    }
    case 'RollingUpdate':
      return rollingUpdate === undefined
        ? []
        : rollingErrors(rollingUpdate, `${path}.rollingUpdate`);
    default: {
      const shown = { Type: type, RollingUpdate: goRolling(rollingUpdate) };
      return [invalid(path, shown, "must be 'RollingUpdate' or 'OnDelete'")];
    }
  }
}

function policyErrors(spec: StatefulSetSpec): FieldError[] {
  const { podManagementPolicy: policy = '', persistentVolumeClaimRetentionPolicy: kept } = spec;
  const errors: FieldError[] = [];
  const path = 'spec.podManagementPolicy';
  if (policy === '') errors.push(required(path));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel')
    errors.push(invalid(path, policy, "must be 'OrderedReady' or 'Parallel'"));
  errors.push(...strategyErrors(spec.updateStrategy ?? {}, 'spec.updateStrategy'));
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value = kept?.[field];
    if (kept === undefined || RETENTIONS.includes(value ?? '')) continue;
    const at = `spec.persistentVolumeClaimRetentionPolicy.${field}`;
    errors.push(notSupported(at, value, RETENTIONS, 'as given'));
  }
  return errors;
}

/** The template as its pods will be: with a volume for each claim, and names that the controller gives. */
function completed(spec: StatefulSetSpec): PodTemplateSpec {
  const { template = {}, volumeClaimTemplates: claims = [] } = spec;
  if (template.spec === undefined) return template;
  const { hostname: _host, subdomain: _domain, ...rest } = template.spec;
  const names = new Set(claims.map(({ metadata: { name = '' } }) => name));
  const added = [...names].map((name): Volume => {
    return { name, persistentVolumeClaim: { claimName: name } };
  });
  const volumes = [...added, ...(rest.volumes ?? []).filter((one) => !names.has(one.name))];
  return { ...template, spec: { ...rest, ...(volumes.length > 0 && { volumes }) } };
}

function templateErrors(spec: StatefulSetSpec): FieldError[] {
  const template = completed(spec);
  const path = 'spec.template';
  const { labels, annotations } = template.metadata ?? {};
  const unreadable = validateLabelSelector(spec.selector, '').length > 0;
  if (unreadable) return [invalid('spec.selector', shownSelector(spec.selector), '')];
  return [
    ...(isEmptySelector(spec.selector) ? [] : templateLabelErrors(spec.selector, labels, path)),
    ...validatePodTemplateSpec(template, path),
    ...labelErrors(`${path}.labels`, labels),
    ...annotationErrors(`${path}.annotations`, annotations),
  ];
}

function claimErrors({ volumeClaimTemplates: claims = [] }: StatefulSetSpec): FieldError[] {
  return claims.flatMap((claim, index) =>
    validateClaimSpec(claim.spec ?? {}, `${indexPath('spec.volumeClaimTemplates', index)}.spec`),
  );
}

/** What cannot be changed later is looked at when a set is new only. */
function specErrors(spec: StatefulSetSpec, isNew: boolean): FieldError[] {
  const named = isNew && spec.serviceName ? spec.serviceName : undefined;
  return [
    ...policyErrors(spec),
    ...(isNew ? claimErrors(spec) : []),
    ...nonNegative('spec.replicas', spec.replicas),
    ...nonNegative('spec.minReadySeconds', spec.minReadySeconds),
    ...nonNegative('spec.ordinals.start', spec.ordinals?.start),
    ...(named ? dnsLabel('spec.serviceName', named) : []),
    ...validateSelector(spec.selector, 'statefulset'),
    ...templateErrors(spec),
    ...alwaysRunningErrors(spec.template, 'StatefulSet'),
  ];
}

/** validateStatefulSet checks a new stateful set that has its defaults. */
export function validateStatefulSet({ spec }: StatefulSet): FieldError[] {
  return spec === undefined ? [] : specErrors(spec, true);
}

const MUTABLE = [
  'replicas',
  'template',
  'updateStrategy',
  'minReadySeconds',
  'ordinals',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
] as const;

function fixedPart(spec: StatefulSetSpec | undefined): Partial<StatefulSetSpec> {
  const fixed: Partial<StatefulSetSpec> = { ...spec };
  for (const field of MUTABLE) delete fixed[field];
  return fixed;
}

const SPEC = schemaOf('io.k8s.api.apps.v1.StatefulSetSpec');

/** validateStatefulSetUpdate checks a changed set, which keeps what identifies pods and their volumes. */
export function validateStatefulSetUpdate(set: StatefulSet, old: StatefulSet): FieldError[] {
  const errors = set.spec ? specErrors(set.spec, false) : [];
  if (goEqual(SPEC, fixedPart(set.spec), fixedPart(old.spec))) return errors;
  return [
    ...errors,
    forbidden(
      'spec',
      "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  ];
}

/** validateStatefulSetStatus checks the counts of a status against each other and the old one. */
export function validateStatefulSetStatus(set: StatefulSet, old: StatefulSet): FieldError[] {
  const status = set.status ?? { replicas: 0 };
  const counts = [
    'readyReplicas',
    'currentReplicas',
    'updatedReplicas',
    'availableReplicas',
  ] as const;
  const all = ['replicas', ...counts, 'observedGeneration', 'collisionCount'] as const;
  return [
    ...all.flatMap((field) => nonNegative(`status.${field}`, status[field])),
    ...atMost(status, counts),
    ...availableAtMostReady(status, 'status.readyReplicas'),
    ...collisionErrors(status.collisionCount, old.status?.collisionCount),
  ];
}
