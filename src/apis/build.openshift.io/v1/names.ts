import type { ObjectReference } from '../../core/v1/types.ts';
import type { Build, BuildConfig, BuildStrategy } from './types.ts';

/** BUILD_CONFIG_NAME is the label and annotation that names a build's config. */
export const BUILD_CONFIG_NAME = 'openshift.io/build-config.name';
/** BUILD_CONFIG_SHORT is the label of builds that users select by. */
export const BUILD_CONFIG_SHORT = 'buildconfig';
/** BUILD_NUMBER is the annotation with a build's number within its config. */
export const BUILD_NUMBER = 'openshift.io/build.number';
/** BUILD_POD_NAME is the annotation of a build with the name of its pod. */
export const BUILD_POD_NAME = 'openshift.io/build.pod-name';
/** BUILD_NAME is the label and annotation of a build pod with the name of its build. */
export const BUILD_NAME = 'openshift.io/build.name';
/** BUILD_RUN_POLICY is the label of a build with the run policy of its config. */
export const BUILD_RUN_POLICY = 'openshift.io/build.start-policy';
/** BUILD_CLONE_OF is the annotation of a build with the name of the build that it was cloned from. */
export const BUILD_CLONE_OF = 'openshift.io/build.clone-of';
/** BUILD_CONFIG_PAUSED is the annotation that stops a config from being instantiated. */
const BUILD_CONFIG_PAUSED = 'openshift.io/build-config.paused';
/** NO_LOGS ends messages about builds that never ran. */
export const NO_LOGS = 'No logs are available.';

/** BuildPhase is where a build is in its life. */
export type BuildPhase =
  | 'New'
  | 'Pending'
  | 'Running'
  | 'Complete'
  | 'Failed'
  | 'Error'
  | 'Cancelled';

const TERMINAL: ReadonlySet<string> = new Set(['Complete', 'Failed', 'Error', 'Cancelled']);
const NAME_LENGTH_MAX = 253;

/** phaseOf answers a build's phase; a build without one is new. */
export function phaseOf(build: Build): BuildPhase {
  return (build.status?.phase || 'New') as BuildPhase;
}

/** isBuildComplete tells whether a build has ended, however it did. */
export function isBuildComplete(build: Build): boolean {
  return TERMINAL.has(phaseOf(build));
}

/** configNameOf answers the name of a build's config, empty for a build without one. */
export function configNameOf(build: Build): string {
  const { annotations = {}, labels = {} } = build.metadata;
  return (
    annotations[BUILD_CONFIG_NAME] ?? labels[BUILD_CONFIG_NAME] ?? labels[BUILD_CONFIG_SHORT] ?? ''
  );
}

/** buildNumberOf answers a build's number within its config, 0 without one. */
export function buildNumberOf(build: Build): number {
  return Number(build.metadata.annotations?.[BUILD_NUMBER] ?? 0);
}

/** hash32 is FNV-1a in hexadecimal: long names are made unique by it. */
function hash32(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}

/** derivedName joins a name and a suffix; a name that would be too long is cut and hashed. */
export function derivedName(base: string, suffix: string): string {
  const name = `${base}-${suffix}`;
  if (name.length <= NAME_LENGTH_MAX) return name;
  const room = NAME_LENGTH_MAX - suffix.length - 10;
  return `${base.slice(0, room)}-${hash32(base)}-${suffix}`;
}

/** buildPodName answers the name of a build's pod. */
export function buildPodName(build: Build): string {
  return derivedName(build.metadata.name ?? '', 'build');
}

/** inputReference answers the image that a strategy starts from. */
export function inputReference(strategy: BuildStrategy): ObjectReference | undefined {
  return (
    strategy.sourceStrategy?.from ?? strategy.dockerStrategy?.from ?? strategy.customStrategy?.from
  );
}

/** strategyType names a strategy as the TYPE column shows it. */
export function strategyType(strategy: BuildStrategy | undefined): string {
  if (strategy?.dockerStrategy) return 'Docker';
  if (strategy?.customStrategy) return 'Custom';
  if (strategy?.sourceStrategy) return 'Source';
  return strategy?.jenkinsPipelineStrategy ? 'JenkinsPipeline' : '';
}

/** isPaused tells whether a config may not be instantiated. */
export function isPaused(config: BuildConfig): boolean {
  return config.metadata.annotations?.[BUILD_CONFIG_PAUSED]?.toLowerCase() === 'true';
}
