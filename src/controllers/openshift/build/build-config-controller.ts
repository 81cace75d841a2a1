import { configNameOf } from '../../../apis/build.openshift.io/v1/names.ts';
import type { BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILD_CONFIGS, BUILDS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
  TerminalError,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isConflict, isNotFound, StatusError } from '../../../machinery/status-error.ts';
import { buildsToPrune } from './build-pruning.ts';

function hasConfigChangeTrigger({ spec }: BuildConfig): boolean {
  return spec.triggers?.some(({ type }) => type === 'ConfigChange') ?? false;
}

function isFinal(error: unknown): boolean {
  return error instanceof StatusError && [400, 403, 404].includes(error.code);
}

/**
 * newBuildConfigController starts the first build of every config with a ConfigChange trigger, and
 * prunes builds when a config's history limits change.
 */
export function newBuildConfigController(deps: ControllerDeps): Controller {
  const { client, informers, recorder } = deps;
  const configs = informers.informer(BUILD_CONFIGS);
  const builds = informers.informer(BUILDS);

  async function prune(config: BuildConfig): Promise<void> {
    const all = builds
      .list(config.metadata.namespace)
      .filter((build) => configNameOf(build) === config.metadata.name);
    for (const { metadata } of buildsToPrune(config, all)) {
      try {
        await client.delete(BUILDS, { namespace: metadata.namespace, name: metadata.name ?? '' });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  async function startFirst(config: BuildConfig): Promise<void> {
    const { namespace, name = '' } = config.metadata;
    await client.post(BUILD_CONFIGS, { namespace, name }, 'instantiate', {
      apiVersion: 'build.openshift.io/v1',
      kind: 'BuildRequest',
      metadata: { name, namespace },
      lastVersion: 0,
      triggeredBy: [{ message: 'Build configuration change' }],
    });
  }

  /** hasBuild tells whether another trigger was faster and started the first build. */
  async function hasBuild({ metadata }: BuildConfig): Promise<boolean> {
    const ref = { namespace: metadata.namespace, name: metadata.name ?? '' };
    try {
      return ((await client.get(BUILD_CONFIGS, ref)).status?.lastVersion ?? 0) > 0;
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
  }

  function failed(config: BuildConfig, error: unknown): Error {
    const what = `${config.metadata.namespace}/${config.metadata.name}`;
    const message = (error as Error).message;
    if (isConflict(error)) return error;
    const text = isFinal(error)
      ? `gave up on Build for BuildConfig ${what} due to fatal error: ${message}`
      : `error instantiating Build from BuildConfig ${what}: ${message}`;
    recorder.event(config, 'Warning', 'BuildConfigInstantiateFailed', text);
    return isFinal(error)
      ? new TerminalError(text, { cause: error })
      : new Error(text, { cause: error });
  }

  return {
    name: 'build-config',
    sources: [source(BUILD_CONFIGS, (config) => [objectKey(config)])],
    async reconcile(key) {
      const config = configs.get(key);
      if (!config || config.metadata.deletionTimestamp) return undefined;
      await prune(config);
      if (!hasConfigChangeTrigger(config) || (config.status?.lastVersion ?? 0) > 0) {
        return undefined;
      }
      try {
        await startFirst(config);
      } catch (error) {
        if (!(await hasBuild(config))) throw failed(config, error);
      }
      return undefined;
    },
  };
}
