import {
  BUILD_NAME,
  buildPodName,
  strategyType,
} from '../../../apis/build.openshift.io/v1/names.ts';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import type { EnvVar, Pod, Volume, VolumeMount } from '../../../apis/core/v1/types.ts';

/** HostMount is a path of the node that build pods see. */
export interface HostMount {
  readonly name: string;
  readonly hostPath: string;
  readonly mountPath: string;
  readonly type?: 'Directory' | 'DirectoryOrCreate' | 'File' | 'FileOrCreate' | 'Socket';
  readonly readOnly?: boolean;
}

/** BuildPodOptions say what build pods are made of. */
export interface BuildPodOptions {
  /** The platform image, as the engine of the node names it. */
  readonly image: string;
  /** The engine's socket on the node. */
  readonly dockerSocket?: string;
  /** Settings of the build program, given to it as JSON in `SAMPAN_BUILD_SETTINGS`. */
  readonly settings?: object;
  /** What else of the node is mounted, such as a bundle of certificates or a package cache. */
  readonly hostMounts?: readonly HostMount[];
}

const WORK = '/tmp/build';
const SECRETS = '/var/run/secrets/openshift.io';
const CONFIG_MAPS = '/var/run/configs/openshift.io';
const SOCKET = '/var/run/docker.sock';
const TERMINATION_MESSAGE = '/dev/termination-log';
const VOLUME_NAME_MAX = 63;

interface Mounts {
  readonly volumes: Volume[];
  readonly mounts: VolumeMount[];
  readonly env: EnvVar[];
}

function volumeName(name: string, suffix: string): string {
  const clean = `${name}-${suffix}`.toLowerCase().replace(/[^-a-z0-9]/g, '-');
  return clean.slice(-VOLUME_NAME_MAX).replace(/^-+/, '');
}

function mountSecret(to: Mounts, secretName: string | undefined, suffix: string, path: string) {
  if (!secretName) return false;
  const name = volumeName(secretName, suffix);
  to.volumes.push({ name, secret: { secretName, defaultMode: 0o600 } });
  to.mounts.push({ name, mountPath: path, readOnly: true });
  return true;
}

function mountSecrets(build: Build, to: Mounts): void {
  const { output, source, strategy } = build.spec ?? { strategy: {} };
  const pull =
    strategy.sourceStrategy?.pullSecret ??
    strategy.dockerStrategy?.pullSecret ??
    strategy.customStrategy?.pullSecret;
  if (mountSecret(to, output?.pushSecret?.name, 'push', `${SECRETS}/push`)) {
    to.env.push({ name: 'PUSH_DOCKERCFG_PATH', value: `${SECRETS}/push` });
  }
  if (mountSecret(to, pull?.name, 'pull', `${SECRETS}/pull`)) {
    to.env.push({ name: 'PULL_DOCKERCFG_PATH', value: `${SECRETS}/pull` });
  }
  if (mountSecret(to, source?.sourceSecret?.name, 'source', `${SECRETS}/source`)) {
    to.env.push({ name: 'SOURCE_SECRET_PATH', value: `${SECRETS}/source` });
  }
  for (const { secret } of source?.secrets ?? []) {
    mountSecret(to, secret.name, 'build', `${SECRETS}/build/${secret.name}`);
  }
  for (const { configMap } of source?.configMaps ?? []) {
    const name = volumeName(configMap.name ?? '', 'build-config');
    to.volumes.push({ name, configMap: { name: configMap.name ?? '' } });
    to.mounts.push({ name, mountPath: `${CONFIG_MAPS}/build/${configMap.name}`, readOnly: true });
  }
}

function mountHost(options: BuildPodOptions, to: Mounts): void {
  to.volumes.push({ name: 'buildworkdir', emptyDir: {} });
  to.mounts.push({ name: 'buildworkdir', mountPath: WORK });
  to.volumes.push({
    name: 'docker-socket',
    hostPath: { path: options.dockerSocket ?? SOCKET, type: 'Socket' },
  });
  to.mounts.push({ name: 'docker-socket', mountPath: SOCKET });
  for (const { name, hostPath, mountPath, type, readOnly } of options.hostMounts ?? []) {
    to.volumes.push({ name, hostPath: { path: hostPath, ...(type ? { type } : {}) } });
    to.mounts.push({ name, mountPath, ...(readOnly ? { readOnly } : {}) });
  }
}

function environment(build: Build, options: BuildPodOptions): EnvVar[] {
  const { git, contextDir } = build.spec?.source ?? {};
  return [
    { name: 'BUILD', value: JSON.stringify(build) },
    { name: 'LANG', value: 'C.utf8' },
    ...(git ? [{ name: 'SOURCE_REPOSITORY', value: git.uri }] : []),
    ...(git ? [{ name: 'SOURCE_URI', value: git.uri }] : []),
    ...(contextDir ? [{ name: 'SOURCE_CONTEXT_DIR', value: contextDir }] : []),
    ...(git?.ref ? [{ name: 'SOURCE_REF', value: git.ref }] : []),
    { name: 'SAMPAN_BUILD_SETTINGS', value: JSON.stringify(options.settings ?? {}) },
    { name: 'DOCKER_SOCKET', value: SOCKET },
    { name: 'BUILD_WORK_DIRECTORY', value: WORK },
    { name: 'TERMINATION_MESSAGE_PATH', value: TERMINATION_MESSAGE },
    { name: 'POD_UID', valueFrom: { fieldRef: { fieldPath: 'metadata.uid' } } },
  ];
}

function containerName(build: Build): string {
  const type = strategyType(build.spec?.strategy);
  if (type === 'Docker') return 'docker-build';
  return type === 'Custom' ? 'custom-build' : 'sti-build';
}

/**
 * buildPod makes the pod of a build: one container of the platform image with the engine's socket,
 * the build as JSON in `BUILD`, and the secrets that it needs. A binary build's pod takes its
 * source on standard input. The build must have its references resolved and secrets chosen.
 */
export function buildPod(build: Build, options: BuildPodOptions): Pod {
  const { name = '', namespace = '', uid = '' } = build.metadata;
  const spec = build.spec;
  const parts: Mounts = { volumes: [], mounts: [], env: environment(build, options) };
  mountHost(options, parts);
  mountSecrets(build, parts);
  const owner = { apiVersion: build.apiVersion, kind: 'Build', name, uid, controller: true };
  const binary = spec?.source?.binary !== undefined;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: buildPodName(build),
      namespace,
      labels: { ...build.metadata.labels, [BUILD_NAME]: name.slice(0, 63) },
      annotations: { [BUILD_NAME]: name },
      ownerReferences: [owner],
    },
    spec: {
      serviceAccountName: spec?.serviceAccount || 'builder',
      restartPolicy: 'Never',
      ...(spec?.nodeSelector ? { nodeSelector: spec.nodeSelector } : {}),
      ...(spec?.completionDeadlineSeconds
        ? { activeDeadlineSeconds: spec.completionDeadlineSeconds }
        : {}),
      containers: [
        {
          name: containerName(build),
          image: options.image,
          imagePullPolicy: 'IfNotPresent',
          env: parts.env,
          ...(spec?.resources ? { resources: spec.resources } : {}),
          volumeMounts: parts.mounts,
          terminationMessagePath: TERMINATION_MESSAGE,
          terminationMessagePolicy: 'FallbackToLogsOnError',
          ...(binary ? { stdin: true, stdinOnce: true } : {}),
        },
      ],
      volumes: parts.volumes,
    },
  };
}
