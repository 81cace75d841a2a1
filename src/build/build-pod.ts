import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Build } from '../apis/build.openshift.io/v1/types.ts';
import type { Client } from '../client/client.ts';
import { newHttpTransport } from '../client/http-transport.ts';
import { inClusterConnection } from '../client/in-cluster.ts';
import { newClient } from '../client/rest-client.ts';
import { newDockerEngine } from '../engine/docker/docker-engine.ts';
import type { Engine } from '../engine/engine.ts';
import { parseQuantity, quantityMilliValue } from '../machinery/quantity.ts';
import { newBuildLog } from './build-log.ts';
import { newBuildReporter } from './build-report.ts';
import { runBuild } from './build-run.ts';
import type { BuildSession, ResourceCaps } from './build-session.ts';
import { type BuildSettings, parseBuildSettings } from './build-settings.ts';
import { newBuildStages } from './build-stages.ts';
import { sandboxNetwork, sweepAbandoned } from './pod-containers.ts';
import { readDockerConfig } from './registry-auth.ts';

const SECRETS = '/var/run/secrets/openshift.io';
const CONFIG_MAPS = '/var/run/configs/openshift.io';

/** BuildPodEnvironment is the environment of a build pod: `BUILD`, the settings, mounted paths. */
export type BuildPodEnvironment = Readonly<Record<string, string | undefined>>;

/** BuildPodDeps are what a test gives in the place of the pod's surroundings. */
export interface BuildPodDeps {
  readonly client?: Client;
  readonly engine?: Engine;
  readonly input?: AsyncIterable<Uint8Array>;
  write?(text: string): void;
  readonly signal?: AbortSignal;
  readonly networkMode?: string;
}

async function clusterClient(env: BuildPodEnvironment): Promise<Client> {
  const { transport } = await inClusterConnection(env, env.SERVICE_ACCOUNT_PATH);
  return newClient(newHttpTransport(transport));
}

/** capsOf bounds a build's containers by the limits of its pod. */
function capsOf(build: Build): ResourceCaps {
  const limits = build.spec?.resources?.limits ?? {};
  const number = (text: string | number | undefined) =>
    text === undefined ? undefined : quantityMilliValue(parseQuantity(text)) / 1000;
  const memory = number(limits.memory);
  const cpu = number(limits.cpu);
  return {
    ...(memory === undefined ? {} : { memoryBytes: Math.floor(memory) }),
    ...(cpu === undefined ? {} : { cpuQuotaMicros: Math.max(1000, Math.floor(cpu * 100_000)) }),
  };
}

function buildOf(env: BuildPodEnvironment): Build {
  if (!env.BUILD)
    throw new Error('the environment variable BUILD is missing: this program runs in build pods');
  return JSON.parse(env.BUILD) as Build;
}

/** podBinds let the build's containers resolve names as the pod does, with its own two files. */
function podBinds({ podsDirectory }: BuildSettings, podUid: string, networkMode: string): string[] {
  if (podsDirectory === undefined || !networkMode.startsWith('container:')) return [];
  const own = `${podsDirectory}/${podUid}`;
  return [`${own}/resolv.conf:/etc/resolv.conf:ro`, `${own}/etc-hosts:/etc/hosts:ro`];
}

function cancellation(outer: AbortSignal | undefined): AbortSignal {
  const controller = new AbortController();
  const cancel = () => controller.abort(new Error('the build was cancelled'));
  if (outer) outer.addEventListener('abort', cancel);
  else for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, cancel);
  return controller.signal;
}

async function newSession(env: BuildPodEnvironment, deps: BuildPodDeps): Promise<BuildSession> {
  const build = buildOf(env);
  const settings = parseBuildSettings(env.SAMPAN_BUILD_SETTINGS);
  const engine =
    deps.engine ?? newDockerEngine({ socketPath: env.DOCKER_SOCKET || '/var/run/docker.sock' });
  const client = deps.client ?? (await clusterClient(env));
  const stages = newBuildStages();
  const podUid = env.POD_UID || build.metadata.uid || 'unknown';
  if (settings.packageCache)
    await chmod(settings.packageCache.mountPath, 0o2770).catch(() => undefined);
  const names = settings.engineNames;
  const networkMode = deps.networkMode ?? (await sandboxNetwork(engine, podUid));
  return {
    build,
    engine,
    settings,
    stages,
    log: newBuildLog(deps.write ?? ((text) => void process.stdout.write(text))),
    workDirectory: await mkdtemp(join(env.BUILD_WORK_DIRECTORY ?? tmpdir(), 'build-')),
    networkMode,
    binds: podBinds(settings, podUid, networkMode),
    id: podUid,
    caps: capsOf(build),
    pullAuths: new Map([
      ...(await readDockerConfig(env.PUSH_DOCKERCFG_PATH, names)),
      ...(await readDockerConfig(env.PULL_DOCKERCFG_PATH, names)),
    ]),
    pushAuths: await readDockerConfig(env.PUSH_DOCKERCFG_PATH, names),
    sourceSecretDirectory: env.SOURCE_SECRET_PATH,
    inputSecretsDirectory: env.BUILD_SECRETS_PATH ?? `${SECRETS}/build`,
    inputConfigMapsDirectory: env.BUILD_CONFIGMAPS_PATH ?? `${CONFIG_MAPS}/build`,
    input: deps.input ?? process.stdin,
    signal: cancellation(deps.signal),
    report: newBuildReporter(client, build, stages),
  };
}

/**
 * runBuildPod is the program of a build pod. It reads the Build from the environment, builds and
 * pushes its image, reports to `builds/details`, and answers the exit code. SIGTERM cancels it: it
 * stops at once and removes its containers.
 */
export async function runBuildPod(
  env: BuildPodEnvironment,
  deps: BuildPodDeps = {},
): Promise<number> {
  const session = await newSession(env, deps);
  try {
    await sweepAbandoned(session.engine, session.id);
    const code = await runBuild(session);
    if (code !== 0 && env.TERMINATION_MESSAGE_PATH) {
      await writeFile(env.TERMINATION_MESSAGE_PATH, session.log.snippet()).catch(() => undefined);
    }
    return code;
  } finally {
    await rm(session.workDirectory, { recursive: true, force: true });
  }
}
