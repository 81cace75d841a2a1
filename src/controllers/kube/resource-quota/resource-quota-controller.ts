import type { ResourceQuota } from '../../../apis/core/v1/types.ts';
import {
  CONFIG_MAPS,
  PERSISTENT_VOLUME_CLAIMS,
  PODS,
  REPLICATION_CONTROLLERS,
  RESOURCE_QUOTAS,
  SECRETS,
  SERVICES,
} from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { type KubeObject, objectKey } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';

/** So often are objects counted whose changes the controller does not see. */
const COUNT_MS = 5_000;
const FULL_MS = 5 * 60_000;

/** QuotaUsage answers what a quota has used at a time, of everything that it limits. */
export type QuotaUsage = (
  quota: ResourceQuota,
  now: Date,
) => Record<string, string> | Promise<Record<string, string>>;

const WATCHED = [
  PODS,
  SERVICES,
  PERSISTENT_VOLUME_CLAIMS,
  REPLICATION_CONTROLLERS,
  SECRETS,
  CONFIG_MAPS,
] as const;

/** Whether a quota counts objects of a resource that is not watched. */
function countsOthers({ spec }: ResourceQuota): boolean {
  const watched = WATCHED.map(({ resource }) => `count/${resource}`);
  return Object.keys(spec?.hard ?? {}).some(
    (name) => name.startsWith('count/') && !watched.includes(name),
  );
}

/**
 * newResourceQuotaController shows in the status of quotas what they have used
 * (kube-controller-manager's `resourcequota`). Admission does not depend on it.
 */
export function newResourceQuotaController(deps: ControllerDeps, usage: QuotaUsage): Controller {
  const quotas = deps.informers.informer(RESOURCE_QUOTAS);
  const inNamespace = ({ metadata }: KubeObject) =>
    quotas.list(metadata.namespace ?? '').map(objectKey);
  return {
    name: 'resource-quota',
    sources: [
      source(RESOURCE_QUOTAS, (quota) => [objectKey(quota)]),
      ...WATCHED.map((type) => source<KubeObject>(type, inNamespace)),
    ],
    resyncMs: FULL_MS,
    async reconcile(key) {
      const quota = quotas.get(key);
      if (quota === undefined || quota.metadata.deletionTimestamp) return undefined;
      const status = { hard: quota.spec?.hard ?? {}, used: await usage(quota, deps.clock.now()) };
      if (!semanticEqual(status, quota.status)) await report(deps, { ...quota, status });
      return countsOthers(quota) ? { requeueAfterMs: COUNT_MS } : undefined;
    },
  };
}

async function report({ client }: ControllerDeps, quota: ResourceQuota): Promise<void> {
  try {
    await client.updateStatus(RESOURCE_QUOTAS, quota);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
