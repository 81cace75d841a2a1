import {
  BUILD_RUN_POLICY,
  buildNumberOf,
  configNameOf,
  phaseOf,
} from '../../../apis/build.openshift.io/v1/names.ts';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';

function policyOf(build: Build): string {
  return build.metadata.labels?.[BUILD_RUN_POLICY] ?? 'Serial';
}

function isActive(build: Build): boolean {
  return ['Pending', 'Running'].includes(phaseOf(build));
}

function isQueued(build: Build): boolean {
  return phaseOf(build) === 'New' && !build.status?.cancelled;
}

function firstQueued(builds: readonly Build[]): Build | undefined {
  return builds.filter(isQueued).sort((a, b) => buildNumberOf(a) - buildNumberOf(b))[0];
}

/**
 * isRunnable tells whether a build may start now, given all builds of its config. Serial: nothing
 * runs and it is the oldest; Parallel: nothing serial runs or waits before it.
 */
export function isRunnable(build: Build, builds: readonly Build[]): boolean {
  if (configNameOf(build) === '') return true;
  if (policyOf(build) === 'Parallel') {
    return !builds.some((one) => isActive(one) && policyOf(one) !== 'Parallel');
  }
  if (builds.some(isActive)) return false;
  return firstQueued(builds)?.metadata.name === build.metadata.name;
}

/**
 * superseded answers the queued builds that a build of the policy SerialLatestOnly makes
 * pointless: they are cancelled before it starts.
 */
export function superseded(build: Build, builds: readonly Build[]): readonly Build[] {
  if (policyOf(build) !== 'SerialLatestOnly') return [];
  return builds.filter((one) => isQueued(one) && buildNumberOf(one) < buildNumberOf(build));
}
