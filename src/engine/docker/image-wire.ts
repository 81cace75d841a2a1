import type { ImageConfig, ImageInfo } from '../engine.ts';

interface WireConfig {
  readonly Env?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Labels?: Record<string, string> | null;
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Record<string, object> | null;
  readonly Volumes?: Record<string, object> | null;
  readonly OnBuild?: readonly string[] | null;
  readonly StopSignal?: string;
}

/** WireImage is what `GET /images/NAME/json` answers, as far as it is used. */
export interface WireImage {
  readonly Id: string;
  readonly RepoTags: readonly string[] | null;
  readonly RepoDigests: readonly string[] | null;
  readonly Created: string;
  readonly Size: number;
  readonly Architecture: string;
  readonly Os: string;
  readonly Author: string;
  readonly Config: WireConfig | null;
}

function configOf(wire: WireConfig): ImageConfig {
  return {
    env: wire.Env ?? [],
    entrypoint: wire.Entrypoint ?? [],
    command: wire.Cmd ?? [],
    labels: wire.Labels ?? {},
    user: wire.User ?? '',
    workingDir: wire.WorkingDir ?? '',
    exposedPorts: Object.keys(wire.ExposedPorts ?? {}),
    volumes: Object.keys(wire.Volumes ?? {}),
    onBuild: wire.OnBuild ?? [],
    ...(wire.StopSignal ? { stopSignal: wire.StopSignal } : {}),
  };
}

/** imageOf reads the engine's description of an image. */
export function imageOf(wire: WireImage): ImageInfo {
  return {
    id: wire.Id,
    repoTags: wire.RepoTags ?? [],
    repoDigests: wire.RepoDigests ?? [],
    createdAt: wire.Created,
    sizeBytes: wire.Size,
    architecture: wire.Architecture,
    os: wire.Os,
    author: wire.Author ?? '',
    config: configOf(wire.Config ?? {}),
  };
}

function keySet(keys: readonly string[] | undefined): Record<string, object> | undefined {
  return keys && Object.fromEntries(keys.map((key) => [key, {}]));
}

/** commitBody is the configuration that a commit gives the image; absent fields are the container's. */
export function commitBody(config: ImageConfig): object {
  return {
    Env: config.env,
    Entrypoint: config.entrypoint,
    Cmd: config.command,
    Labels: config.labels,
    User: config.user,
    WorkingDir: config.workingDir,
    ExposedPorts: keySet(config.exposedPorts),
    Volumes: keySet(config.volumes),
    OnBuild: config.onBuild,
    StopSignal: config.stopSignal,
  };
}
