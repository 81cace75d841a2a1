import { isPaused } from '../../../apis/build.openshift.io/v1/names.ts';
import type {
  Build,
  BuildConfig,
  BuildRequest,
} from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILD_CONFIGS, BUILDS } from '../../../apis/resource-types.ts';
import type { RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import {
  isNotFound,
  newBadRequest,
  newForbidden,
  StatusError,
} from '../../../machinery/status-error.ts';
import { applyRequest, attempted } from './build-request.ts';
import { updateImageTriggers } from './image-triggers.ts';
import { newBuild } from './new-build.ts';

async function configOf(client: Client, namespace: string, name: string): Promise<BuildConfig> {
  try {
    return structuredClone(await client.get(BUILD_CONFIGS, { namespace, name }));
  } catch (error) {
    // OpenShift checks first whether the strategy of the config may be used.
    if (!isNotFound(error)) throw error;
    const { status } = newForbidden(BUILD_CONFIGS, name, error.message);
    throw new StatusError(status, { cause: error });
  }
}

function checkConfig(config: BuildConfig, request: BuildRequest): void {
  const { namespace, name } = config.metadata;
  if (isPaused(config)) {
    throw newBadRequest(
      `can't instantiate from BuildConfig ${namespace}/${name}: BuildConfig is paused`,
    );
  }
  const version = config.status?.lastVersion ?? 0;
  if (request.lastVersion !== undefined && request.lastVersion !== version) {
    throw newBadRequest(
      `the LastVersion(${version}) on build config ${namespace}/${name} does not match the build request LastVersion(${request.lastVersion})`,
    );
  }
}

async function instantiateOnce(
  client: Client,
  name: string,
  request: BuildRequest,
  context: RequestContext,
): Promise<Build> {
  const { namespace, dryRun, now } = context;
  const config = await configOf(client, namespace, name);
  checkConfig(config, request);
  await updateImageTriggers(client, config, request, now);
  const build = await newBuild(client, config, request);
  applyRequest(build, request, `${namespace}/${name}`);
  // The config first: two requests that race for one number meet in a conflict, not in two builds.
  await client.update(BUILD_CONFIGS, config, { dryRun });
  return client.create(BUILDS, build, { dryRun });
}

/**
 * instantiate starts the next build of a config, as POST `buildconfigs/NAME/instantiate` and
 * triggers ask for it. Throws what OpenShift answers: 403 for a config that does not exist, 400 for
 * a paused one, 422 for an image that cannot be resolved.
 */
export async function instantiate(
  client: Client,
  name: string,
  request: BuildRequest,
  context: RequestContext,
): Promise<Build> {
  const asked = request.metadata?.name;
  if (asked && asked !== name) {
    throw newBadRequest(
      `the name of the object (${asked}) does not match the name on the URL (${name})`,
    );
  }
  return attempted(request, (one) => instantiateOnce(client, name, one, context));
}
