import { defaultBuild } from '../../../apis/build.openshift.io/v1/defaults.ts';
import { isBuildComplete, phaseOf } from '../../../apis/build.openshift.io/v1/names.ts';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import { validateBuild } from '../../../apis/build.openshift.io/v1/validation.ts';
import type { Strategy, Subresource } from '../../../apiserver/resource-definition.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { duplicate, type FieldError, invalid } from '../../../machinery/field-error.ts';
import { manageConditions } from './conditions.ts';

function withPushSecretOf(old: Build, build: Build): Build {
  const copy = structuredClone(old);
  const pushSecret = build.spec?.output?.pushSecret;
  if (copy.spec && pushSecret) copy.spec.output = { ...copy.spec.output, pushSecret };
  return copy;
}

/** changedFields is the first level of a merge patch between two specs, for the error message. */
function changedFields(spec: Build['spec'], old: Build['spec']): string {
  const keys = new Set([...Object.keys(spec ?? {}), ...Object.keys(old ?? {})]);
  const after = (spec ?? {}) as Record<string, unknown>;
  const before = (old ?? {}) as Record<string, unknown>;
  const changed = [...keys].filter((key) => !semanticEqual(after[key], before[key]));
  const patch = Object.fromEntries(changed.map((key) => [key, after[key] ?? null]));
  return JSON.stringify({ spec: patch });
}

function validateUpdate(build: Build, old: Build): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (isBuildComplete(old) && phaseOf(old) !== phaseOf(build)) {
    const text = 'phase cannot be updated from a terminal state';
    errors.push(invalid('status.phase', phaseOf(build), text));
  }
  const comparable = withPushSecretOf(old, build);
  if (!semanticEqual(build.spec, comparable.spec)) {
    const value = 'content of spec is not printed out, please refer to the details';
    const diff = changedFields(build.spec, comparable.spec);
    errors.push(invalid('spec', value, `spec is immutable, diff: ${diff}`));
  }
  return errors;
}

/** buildStrategy follows openshift-apiserver's registry of builds: status is written with the object. */
export const buildStrategy: Strategy<Build> = {
  allowUnconditionalUpdate: false,
  defaults: defaultBuild,
  prepareForCreate(draft, { now }) {
    draft.metadata.generation = 1;
    draft.status = { ...draft.status, phase: draft.status?.phase || 'New' };
    draft.status.output ??= {};
    manageConditions(draft, now);
  },
  prepareForUpdate(draft, old, { now }) {
    draft.status ??= { phase: phaseOf(old) };
    // The build pod has said why it failed; the controller only knows that the pod did.
    if (phaseOf(old) === 'Failed' && draft.status.reason !== 'OutOfMemoryKilled') {
      const { reason, message } = old.status ?? {};
      if (reason !== undefined) draft.status.reason = reason;
      if (message !== undefined) draft.status.message = message;
    }
    manageConditions(draft, now);
    if (!semanticEqual(draft.spec, old.spec)) {
      draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
    }
  },
  validate: validateBuild,
  validateUpdate,
  selectableFields: (build) => ({
    status: phaseOf(build),
    podName: build.metadata.annotations?.['openshift.io/build.pod-name'] ?? '',
  }),
};

/** detailsSubresource is what a build pod may write of its own build: revision, stages, reason, output, end. */
export const detailsSubresource: Subresource<Build> = {
  kind: 'update',
  prepareForUpdate(draft, old, { now }) {
    const { stages, reason, message, output, logSnippet } = draft.status ?? {};
    const phase = isBuildComplete(draft) ? phaseOf(draft) : phaseOf(old);
    const revision = draft.spec?.revision;
    const kept = structuredClone(old);
    if (kept.spec && revision !== undefined) kept.spec.revision = revision;
    draft.metadata = kept.metadata;
    if (kept.spec) draft.spec = kept.spec;
    draft.status = { ...kept.status, phase };
    if (stages) draft.status.stages = stages;
    if (reason) draft.status.reason = reason;
    if (message) draft.status.message = message;
    if (output) draft.status.output = output;
    if (logSnippet) draft.status.logSnippet = logSnippet;
    manageConditions(draft, now);
  },
  validateUpdate(build, old) {
    const before = old.spec?.revision;
    const after = build.spec?.revision;
    if (before === undefined || semanticEqual(before, after)) return [];
    if (after === undefined) {
      return [invalid('spec.revision', null, 'cannot set an empty revision in build spec')];
    }
    return [duplicate('spec.revision', before)];
  },
};
