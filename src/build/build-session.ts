import type { Build, SourceRevision } from '../apis/build.openshift.io/v1/types.ts';
import type { Engine, ImageInfo } from '../engine/engine.ts';
import type { BuildLog } from './build-log.ts';
import type { BuildSettings } from './build-settings.ts';
import type { BuildStages } from './build-stages.ts';
import type { RegistryAuths } from './registry-auth.ts';

/** ResourceCaps bound the containers of a build. */
export interface ResourceCaps {
  readonly memoryBytes?: number;
  readonly cpuQuotaMicros?: number;
}

/** SourceInfo is where the source came from, as labels and variables of the image tell it. */
export interface SourceInfo {
  readonly location?: string;
  readonly ref?: string;
  readonly commit?: string;
  readonly date?: string;
  readonly authorName?: string;
  readonly authorEmail?: string;
  readonly committerName?: string;
  readonly committerEmail?: string;
  readonly message?: string;
  readonly contextDir?: string;
}

/** BuildReport is what the build pod tells about its build while it runs. */
export interface BuildReport {
  readonly revision?: SourceRevision;
  readonly imageDigest?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly logSnippet?: string;
}

/** BuildSession is everything that the steps of one build share. */
export interface BuildSession {
  readonly build: Build;
  readonly engine: Engine;
  readonly settings: BuildSettings;
  readonly log: BuildLog;
  readonly stages: BuildStages;
  /** A folder of this build's own. */
  readonly workDirectory: string;
  /** How the containers of the build are connected, such as `container:ID` of the pod's sandbox. */
  readonly networkMode: string;
  /** Bind mounts that every container of the build gets. */
  readonly binds: readonly string[];
  /** Unique among the builds of an engine; part of container names. */
  readonly id: string;
  readonly caps: ResourceCaps;
  readonly pullAuths: RegistryAuths;
  readonly pushAuths: RegistryAuths;
  /** Folders with mounted secrets. */
  readonly sourceSecretDirectory?: string | undefined;
  readonly inputSecretsDirectory: string;
  readonly inputConfigMapsDirectory: string;
  /** The uploaded source of a binary build. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Aborts when the build is cancelled. */
  readonly signal: AbortSignal;
  report(report: BuildReport): Promise<void>;
}

/** BuiltImage is what a strategy made: an image of the engine under a name of its own. */
export interface BuiltImage {
  readonly reference: string;
  readonly image: ImageInfo;
}

/** temporaryReference is the name that an image has until it is pushed. */
export function temporaryReference({ build, id }: BuildSession): {
  repository: string;
  tag: string;
} {
  const { namespace = 'default', name = 'build' } = build.metadata;
  return { repository: `temp.builder.openshift.io/${namespace}/${name}`, tag: id.slice(0, 8) };
}
