import { configNameOf, phaseOf } from '../../../apis/build.openshift.io/v1/names.ts';
import type { Build, BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';

function beyond(builds: readonly Build[], limit: number | undefined): readonly Build[] {
  if (limit === undefined) return [];
  const newestFirst = [...builds].sort((a, b) =>
    (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''),
  );
  return newestFirst.slice(limit);
}

/** buildsToPrune answers the ended builds of a config that its history limits have no room for. */
export function buildsToPrune(config: BuildConfig, builds: readonly Build[]): readonly Build[] {
  const own = builds.filter(
    (build) => configNameOf(build) === config.metadata.name && !build.metadata.deletionTimestamp,
  );
  const { successfulBuildsHistoryLimit, failedBuildsHistoryLimit } = config.spec;
  const ended = (...phases: string[]) => own.filter((build) => phases.includes(phaseOf(build)));
  return [
    ...beyond(ended('Complete'), successfulBuildsHistoryLimit),
    ...beyond(ended('Failed', 'Cancelled', 'Error'), failedBuildsHistoryLimit),
  ];
}
