import {
  BUILD_CLONE_OF,
  BUILD_NUMBER,
  BUILD_POD_NAME,
  configNameOf,
  derivedName,
  isPaused,
} from '../../../apis/build.openshift.io/v1/names.ts';
import type {
  Build,
  BuildConfig,
  BuildRequest,
} from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILD_CONFIGS, BUILDS } from '../../../apis/resource-types.ts';
import type { RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import { isNotFound, newInternalError } from '../../../machinery/status-error.ts';
import { applyRequest, attempted } from './build-request.ts';
import { nextBuildName } from './new-build.ts';

async function configOf(client: Client, build: Build): Promise<BuildConfig | undefined> {
  const name = build.status?.config?.name ?? configNameOf(build);
  if (name === '') return undefined;
  try {
    const ref = { namespace: build.metadata.namespace, name };
    return structuredClone(await client.get(BUILD_CONFIGS, ref));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** nameWithout answers the name of a clone of a build without a config: its name and a time. */
function nameWithout(build: Build, now: Date): string {
  const base = (build.metadata.name ?? '').replace(/-\d{10}$/, '');
  return derivedName(base, String(now.getTime() * 1_000_000).slice(-10));
}

function copyOf(build: Build, config: BuildConfig | undefined, now: Date): Build {
  const { labels, ownerReferences, namespace } = structuredClone(build.metadata);
  const annotations: Record<string, string> = {
    ...build.metadata.annotations,
    [BUILD_CLONE_OF]: build.metadata.name ?? '',
  };
  const name = config ? nextBuildName(config) : nameWithout(build, now);
  if (config) annotations[BUILD_NUMBER] = String(config.status?.lastVersion ?? 0);
  else delete annotations[BUILD_NUMBER];
  delete annotations[BUILD_POD_NAME];
  const spec = structuredClone(build.spec);
  if (spec?.source?.binary) {
    delete spec.source.binary;
    delete spec.source.type;
  }
  return {
    apiVersion: build.apiVersion,
    kind: build.kind,
    metadata: {
      name,
      annotations,
      ...(namespace ? { namespace } : {}),
      ...(labels ? { labels } : {}),
      ...(ownerReferences ? { ownerReferences } : {}),
    },
    ...(spec ? { spec } : {}),
    status: { phase: 'New', ...(build.status?.config ? { config: build.status.config } : {}) },
  };
}

async function cloneOnce(
  client: Client,
  name: string,
  request: BuildRequest,
  context: RequestContext,
): Promise<Build> {
  const { namespace, dryRun, now } = context;
  const build = await client.get(BUILDS, { namespace, name });
  const config = await configOf(client, build);
  if (config && isPaused(config)) {
    const text = `fatal error generating Build from BuildConfig: can't instantiate from BuildConfig ${namespace}/${config.metadata.name}: BuildConfig is paused`;
    throw newInternalError(new Error(text));
  }
  const copy = copyOf(build, config, now);
  applyRequest(copy, request, `${namespace}/${config?.metadata.name ?? name}`);
  if (config) await client.update(BUILD_CONFIGS, config, { dryRun });
  return client.create(BUILDS, copy, { dryRun });
}

/** clone answers POST `builds/NAME/clone`: a new build with the same inputs, images included. */
export async function clone(
  client: Client,
  name: string,
  request: BuildRequest,
  context: RequestContext,
): Promise<Build> {
  return attempted(request, (one) => cloneOnce(client, name, one, context));
}
