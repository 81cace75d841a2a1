import type { BuildConfig, BuildRequest } from '../../../apis/build.openshift.io/v1/types.ts';
import {
  BUILD_CONFIGS,
  DEPLOYMENT_CONFIGS,
  DEPLOYMENTS,
  IMAGE_STREAMS,
} from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { type KubeObject, objectKey } from '../../../machinery/object.ts';
import { isStatusError } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import { resolveAnnotatedImages, streamsOfDeployment } from './annotation-triggers.ts';
import { buildRequestFor, streamsOfBuildConfig, withFiredTriggers } from './build-triggers.ts';
import { resolveDeploymentImages, streamsOfDeploymentConfig } from './deployment-triggers.ts';
import { newTagLookup } from './tag-lookup.ts';

const BUILD = 'build:';
const CONFIG = 'config:';
const DEPLOYMENT = 'deployment:';
const STREAM_INDEX = 'image-stream';

function isGoing(object: KubeObject | undefined): boolean {
  return !object || object.metadata.deletionTimestamp !== undefined;
}

/**
 * newImageTriggerController carries new images of image stream tags to what waits for them: into the
 * containers of DeploymentConfigs, of Deployments that ask for it by annotation, and into new builds
 * of BuildConfigs.
 *
 * INVARIANTS: a config is written only at the version that the decision was made on, so that a
 * decision on old state is a conflict and made again; a BuildConfig's trigger fires once per image.
 */
export function newImageTriggerController(deps: ControllerDeps): Controller {
  const { client, informers, clock, recorder } = deps;
  const streams = informers.informer(IMAGE_STREAMS);
  const builds = informers.informer(BUILD_CONFIGS);
  const configs = informers.informer(DEPLOYMENT_CONFIGS);
  const deployments = informers.informer(DEPLOYMENTS);
  builds.addIndex(STREAM_INDEX, streamsOfBuildConfig);
  configs.addIndex(STREAM_INDEX, streamsOfDeploymentConfig);
  deployments.addIndex(STREAM_INDEX, streamsOfDeployment);
  const lookup = newTagLookup((key) => streams.get(key));

  async function configure(key: string): Promise<void> {
    const config = configs.get(key);
    if (!config || isGoing(config)) return;
    const updated = resolveDeploymentImages(config, lookup);
    if (updated) await client.update(DEPLOYMENT_CONFIGS, updated);
  }

  async function deploy(key: string): Promise<void> {
    const deployment = deployments.get(key);
    if (!deployment || isGoing(deployment)) return;
    const updated = resolveAnnotatedImages(deployment, lookup);
    if (updated) await client.update(DEPLOYMENTS, updated);
  }

  /** record makes sure that the trigger does not fire again, if instantiating did not do so. */
  async function record(config: BuildConfig, request: BuildRequest): Promise<void> {
    const { namespace, name = '' } = config.metadata;
    const current = await client.get(BUILD_CONFIGS, { namespace, name });
    const now = timestampOf(clock.now());
    const fired = withFiredTriggers(current, request, now);
    if (fired) await client.update(BUILD_CONFIGS, fired);
  }

  /** isOutdated tells whether another build was requested since a request was decided on. */
  async function isOutdated(request: BuildRequest): Promise<boolean> {
    const { namespace, name = '' } = request.metadata;
    const { status } = await client.get(BUILD_CONFIGS, { namespace, name });
    return (status?.lastVersion ?? 0) !== request.lastVersion;
  }

  async function build(key: string): Promise<void> {
    const config = builds.get(key);
    if (!config || isGoing(config)) return;
    const request = buildRequestFor(config, lookup);
    if (!request) return;
    const { namespace, name = '' } = config.metadata;
    try {
      await client.post(BUILD_CONFIGS, { namespace, name }, 'instantiate', request);
    } catch (error) {
      // A build that came first is no failure: it is decided again on the new state.
      if (isStatusError(error, 'Conflict') || (await isOutdated(request))) throw error;
      const text = error instanceof Error ? error.message : String(error);
      const message = `error triggering Build for BuildConfig ${key}: ${text}`;
      recorder.event(config, 'Warning', 'BuildConfigTriggerFailed', message);
      throw error;
    }
    await record(config, request);
  }

  return {
    name: 'image-trigger',
    sources: [
      source(BUILD_CONFIGS, (config) => [BUILD + objectKey(config)]),
      source(DEPLOYMENT_CONFIGS, (config) => [CONFIG + objectKey(config)]),
      source(DEPLOYMENTS, (deployment) => [DEPLOYMENT + objectKey(deployment)]),
      source(IMAGE_STREAMS, (stream) => {
        const key = objectKey(stream);
        return [
          ...builds.byIndex(STREAM_INDEX, key).map((one) => BUILD + objectKey(one)),
          ...configs.byIndex(STREAM_INDEX, key).map((one) => CONFIG + objectKey(one)),
          ...deployments.byIndex(STREAM_INDEX, key).map((one) => DEPLOYMENT + objectKey(one)),
        ];
      }),
    ],
    concurrency: 4,
    async reconcile(key) {
      if (key.startsWith(BUILD)) await build(key.slice(BUILD.length));
      else if (key.startsWith(CONFIG)) await configure(key.slice(CONFIG.length));
      else await deploy(key.slice(DEPLOYMENT.length));
      return undefined;
    },
  };
}
