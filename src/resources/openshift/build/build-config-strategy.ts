import { defaultBuildConfig } from '../../../apis/build.openshift.io/v1/defaults.ts';
import type { BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';
import { validateBuildConfig } from '../../../apis/build.openshift.io/v1/validation.ts';
import type { Strategy } from '../../../apiserver/resource-definition.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';

const HISTORY_LIMIT = 5;

function lastVersion({ status }: BuildConfig): number {
  return status?.lastVersion ?? 0;
}

/** buildConfigStrategy follows openshift-apiserver: five old builds of either kind are kept. */
export const buildConfigStrategy: Strategy<BuildConfig> = {
  allowUnconditionalUpdate: false,
  defaults: defaultBuildConfig,
  prepareForCreate(draft) {
    draft.metadata.generation = 1;
    draft.spec.successfulBuildsHistoryLimit ??= HISTORY_LIMIT;
    draft.spec.failedBuildsHistoryLimit ??= HISTORY_LIMIT;
    draft.status = { ...draft.status, lastVersion: lastVersion(draft) };
  },
  prepareForUpdate(draft, old) {
    // A version that goes back would meet builds that exist.
    const version = Math.max(lastVersion(draft), lastVersion(old));
    draft.status = { ...draft.status, lastVersion: version };
    if (version !== lastVersion(old) || !semanticEqual(draft.spec, old.spec)) {
      draft.metadata.generation = (old.metadata.generation ?? 0) + 1;
    }
  },
  validate: validateBuildConfig,
};
