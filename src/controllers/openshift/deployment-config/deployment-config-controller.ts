import { isDeepStrictEqual } from 'node:util';
import {
  CANCELLED,
  CANCELLED_BY_NEWER,
  CANCELLED_BY_USER,
  CONFIG_NAME,
  type DeploymentPhase,
  isTerminated,
  PHASE,
  phaseOf,
  versionOf,
} from '../../../apis/apps.openshift.io/v1/names.ts';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { ReplicationController } from '../../../apis/core/v1/types.ts';
import { DEPLOYMENT_CONFIGS, PODS, REPLICATION_CONTROLLERS } from '../../../apis/resource-types.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import {
  type Controller,
  type ControllerDeps,
  type ReconcileResult,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { configStatus } from './config-status.ts';
import { hookOf, runHook } from './lifecycle-hook.ts';
import { finished, newDeployment } from './new-deployment.ts';
import { nextStep, type RolloutState } from './rollout-plan.ts';
import { causesOfRollout } from './trigger.ts';

const DEFAULT_TIMEOUT_SECONDS = 600;

/** World is one config with the replication controllers that deploy its versions, newest first. */
interface World {
  readonly config: DeploymentConfig;
  readonly deployments: readonly ReplicationController[];
  readonly latest: ReplicationController | undefined;
}

const replicasOf = (one: ReplicationController) => one.spec?.replicas ?? 0;

function timeoutMs(config: DeploymentConfig): number {
  const { type, rollingParams, recreateParams } = config.spec.strategy ?? {};
  const params = type === 'Recreate' ? recreateParams : rollingParams;
  return (params?.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
}

/** lastProgressMs is when the rollout last moved: its creation, or a change of the pod counts. */
function lastProgressMs(config: DeploymentConfig, latest: ReplicationController): number {
  const condition = config.status?.conditions?.find((one) => one.type === 'Progressing');
  const times = [latest.metadata.creationTimestamp, condition?.lastUpdateTime];
  return Math.max(...times.map((one) => (one ? Date.parse(one) : 0)));
}

/**
 * updatePeriodMs is how long a rolling update lets a change of pods settle before it takes old ones
 * away: a pod without a readiness probe counts as ready before its program listens. Times of
 * conditions are whole seconds, rounded down, which the added second makes up for.
 */
function updatePeriodMs(config: DeploymentConfig): number {
  if (config.spec.strategy?.type !== 'Rolling') return 0;
  return ((config.spec.strategy.rollingParams?.updatePeriodSeconds ?? 1) + 1) * 1000;
}

/**
 * newDeploymentConfigController deploys DeploymentConfigs: it makes a replication controller per
 * version, rolls from the old to the new one without a deployer pod, falls back to the last
 * complete version when a rollout fails or is cancelled, and keeps replicas and status.
 *
 * INVARIANTS: only the replication controller of `status.latestVersion` rolls out; every write
 * carries the resourceVersion that its decision was made on, so a stale look is a conflict.
 */
export function newDeploymentConfigController(deps: ControllerDeps): Controller {
  const { client, informers, clock, recorder } = deps;
  const configs = informers.informer(DEPLOYMENT_CONFIGS);
  const controllers = informers.informer(REPLICATION_CONTROLLERS);
  const pods = informers.informer(PODS);

  function lookAt(key: string): World | undefined {
    const config = configs.get(key);
    if (!config || config.metadata.deletionTimestamp) return undefined;
    const { namespace, name, uid } = config.metadata;
    const deployments = controllers
      .list(namespace)
      .filter((one) => one.metadata.annotations?.[CONFIG_NAME] === name)
      .filter((one) => one.metadata.ownerReferences?.some((owner) => owner.uid === uid))
      .sort((a, b) => versionOf(b) - versionOf(a));
    const version = config.status?.latestVersion ?? 0;
    const latest = deployments.find((one) => versionOf(one) === version);
    return { config, deployments, latest };
  }

  async function change(
    deployment: ReplicationController,
    wanted: { replicas?: number; annotations?: Record<string, string> },
  ): Promise<void> {
    const from = replicasOf(deployment);
    const { replicas = from } = wanted;
    await client.update(REPLICATION_CONTROLLERS, {
      ...deployment,
      metadata: {
        ...deployment.metadata,
        annotations: { ...deployment.metadata.annotations, ...wanted.annotations },
      },
      spec: { ...deployment.spec, replicas },
    });
  }

  async function scale(world: World, deployment: ReplicationController, replicas: number) {
    if (replicasOf(deployment) === replicas) return;
    await change(deployment, { replicas });
    const text = `from ${replicasOf(deployment)} to ${replicas}`;
    recorder.event(
      world.config,
      'Normal',
      'ReplicationControllerScaled',
      `Scaled replication controller "${deployment.metadata.name}" ${text}`,
    );
  }

  async function finish(
    deployment: ReplicationController,
    phase: DeploymentPhase,
    failure?: string,
  ): Promise<void> {
    await change(deployment, { annotations: finished(phase, failure) });
  }

  /** trigger starts a new version when one is due; true when it did. */
  async function trigger({ config, latest }: World): Promise<boolean> {
    const causes = causesOfRollout(config, latest);
    if (causes.length === 0) return false;
    const message = causes.some((one) => one.type === 'ImageChange')
      ? 'image change'
      : 'config change';
    await client.updateStatus(DEPLOYMENT_CONFIGS, {
      ...config,
      status: {
        ...config.status,
        latestVersion: (config.status?.latestVersion ?? 0) + 1,
        details: { message, causes },
      },
    });
    return true;
  }

  /** createLatest makes the missing replication controller once no older rollout is under way. */
  async function createLatest({ config, deployments }: World): Promise<void> {
    for (const one of deployments.filter((other) => !isTerminated(other))) {
      await finish(one, 'Failed', CANCELLED_BY_NEWER);
    }
    const wanted = newDeployment(config);
    const created = await createUnlessExists(client, REPLICATION_CONTROLLERS, wanted);
    if (created === undefined) return;
    const text = `Created new replication controller "${created.metadata.name}" for version ${config.status?.latestVersion}`;
    recorder.event(config, 'Normal', 'DeploymentCreated', text);
  }

  async function roll(
    world: World,
    latest: ReplicationController,
  ): Promise<ReconcileResult | undefined> {
    const { config } = world;
    if (latest.metadata.annotations?.[CANCELLED] === 'true') {
      await finish(latest, 'Failed', CANCELLED_BY_USER);
      return undefined;
    }
    if (config.spec.strategy?.type === 'Custom') {
      await finish(
        latest,
        'Failed',
        'the Custom strategy is not supported: use Rolling or Recreate',
      );
      return undefined;
    }
    const remaining = lastProgressMs(config, latest) + timeoutMs(config) - clock.now().getTime();
    if (remaining <= 0) {
      await finish(
        latest,
        'Failed',
        `timed out waiting for "${latest.metadata.name}" to make progress`,
      );
      return undefined;
    }
    const pre = await runHook({ client, pods }, latest, hookOf(config, 'pre'), 'pre');
    if (pre === 'failed') await finish(latest, 'Failed', 'the pre hook failed, aborting rollout');
    const pauseMs = pre === 'passed' ? await step(world, latest) : 0;
    return { requeueAfterMs: pauseMs > 0 ? pauseMs : remaining };
  }

  /** step takes the next step; it answers for how long that must still wait, 0 if not. */
  async function step(world: World, latest: ReplicationController): Promise<number> {
    if (phaseOf(latest) !== 'Running') {
      await change(latest, { annotations: { [PHASE]: 'Running' } });
      return 0;
    }
    const state: RolloutState = {
      config: world.config,
      desired: world.config.spec.replicas ?? 0,
      latest,
      older: world.deployments.filter((one) => one !== latest),
    };
    const next = nextStep(state);
    if (next.kind === 'scale') {
      const takesAway = next.scalings.some(({ name }) => name !== latest.metadata.name);
      const dueMs = lastProgressMs(world.config, latest) + updatePeriodMs(world.config);
      const pauseMs = dueMs - clock.now().getTime();
      if (takesAway && pauseMs > 0) return pauseMs;
      await scaleAll(world, latest, next.scalings);
    }
    if (next.kind === 'done') await complete(world, latest);
    return 0;
  }

  async function scaleAll(
    world: World,
    latest: ReplicationController,
    scalings: readonly { name: string; replicas: number }[],
  ): Promise<void> {
    if (scalings.some((one) => one.name === latest.metadata.name)) {
      const mid = await runHook({ client, pods }, latest, hookOf(world.config, 'mid'), 'mid');
      if (mid === 'failed') await finish(latest, 'Failed', 'the mid hook failed, aborting rollout');
      if (mid !== 'passed') return;
    }
    for (const { name, replicas } of scalings) {
      const deployment = world.deployments.find((one) => one.metadata.name === name);
      if (deployment) await scale(world, deployment, replicas);
    }
  }

  async function complete(world: World, latest: ReplicationController): Promise<void> {
    const post = await runHook({ client, pods }, latest, hookOf(world.config, 'post'), 'post');
    if (post === 'failed') await finish(latest, 'Failed', 'the post hook failed');
    if (post === 'passed') await finish(latest, 'Complete');
  }

  /** settle keeps the pods where they belong while no rollout is under way. */
  async function settle(world: World): Promise<void> {
    const { config, deployments } = world;
    const active = deployments.find((one) => phaseOf(one) === 'Complete');
    const desired = config.spec.test ? 0 : (config.spec.replicas ?? 0);
    for (const one of deployments) await scale(world, one, one === active ? desired : 0);
  }

  async function pruneHistory({ config, deployments, latest }: World): Promise<void> {
    const limit = config.spec.revisionHistoryLimit;
    if (limit === undefined) return;
    const active = deployments.find((one) => phaseOf(one) === 'Complete');
    const removable = deployments
      .filter((one) => one !== latest && one !== active && isTerminated(one))
      .filter((one) => replicasOf(one) === 0 && (one.status?.replicas ?? 0) === 0);
    for (const one of removable.slice(limit)) {
      const { namespace, name = '', uid = '' } = one.metadata;
      try {
        await client.delete(
          REPLICATION_CONTROLLERS,
          { namespace, name },
          { preconditions: { uid }, propagationPolicy: 'Background' },
        );
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  /** writeStatus brings the status up to date and answers the config with it. */
  async function writeStatus(world: World): Promise<DeploymentConfig> {
    const status = configStatus({ ...world, now: clock.now() });
    if (isDeepStrictEqual(status, world.config.status)) return world.config;
    return client.updateStatus(DEPLOYMENT_CONFIGS, { ...world.config, status });
  }

  async function reconcile(key: string): Promise<ReconcileResult | undefined> {
    const seen = lookAt(key);
    if (!seen) return undefined;
    if (await trigger(seen)) return undefined;
    const { latest } = seen;
    const config = await writeStatus(seen);
    const world = { ...seen, config };
    if ((config.status?.latestVersion ?? 0) > 0 && !latest) {
      await createLatest(world);
      return undefined;
    }
    if (latest && !isTerminated(latest)) return roll(world, latest);
    await settle(world);
    await pruneHistory(world);
    return undefined;
  }

  const ownerKey = (object: {
    metadata: { annotations?: Record<string, string>; namespace?: string };
  }) => {
    const name = object.metadata.annotations?.[CONFIG_NAME];
    return name ? [`${object.metadata.namespace}/${name}`] : [];
  };

  return {
    name: 'deploymentconfig',
    concurrency: 4,
    sources: [
      source(DEPLOYMENT_CONFIGS, (one) => [objectKey(one)]),
      source(REPLICATION_CONTROLLERS, ownerKey),
      source(PODS, (one) => {
        const deployment = one.metadata.labels?.['openshift.io/deployer-pod-for.name'];
        const controller = controllers.get(`${one.metadata.namespace}/${deployment}`);
        return controller ? ownerKey(controller) : [];
      }),
    ],
    reconcile,
  };
}
