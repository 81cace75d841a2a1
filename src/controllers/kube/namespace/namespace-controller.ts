import type { Namespace } from '../../../apis/core/v1/types.ts';
import { NAMESPACES, PODS } from '../../../apis/resource-types.ts';
import type { Discovery } from '../../../client/discovery.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { deletionConditions } from './deletion-conditions.ts';
import { deleteContent, type Remains } from './namespace-content.ts';

/** FINALIZER is the one of `spec.finalizers` that this controller takes away at the end. */
const FINALIZER = 'kubernetes';
/** What is going takes a while (pods end gracefully); look again after so long. */
const LOOK_AGAIN_MS = 1000;

/**
 * newNamespaceController empties namespaces that are being deleted and then lets them go; their
 * conditions name what holds them back (kube-controller-manager's `namespace`).
 */
export function newNamespaceController(
  deps: ControllerDeps,
  discover: () => Promise<Discovery>,
): Controller {
  const namespaces = deps.informers.informer(NAMESPACES);
  return {
    name: 'namespace',
    concurrency: 2,
    sources: [
      source(NAMESPACES, (one) => (isGoing(one) ? [one.metadata.name ?? ''] : [])),
      {
        type: PODS,
        keys: ({ current, previous }) => {
          const namespace = namespaces.get(previous?.metadata.namespace ?? '');
          return !current && namespace && isGoing(namespace) ? [namespace.metadata.name ?? ''] : [];
        },
      },
    ],
    reconcile: async (name) => {
      const namespace = namespaces.get(name);
      if (!namespace || !isGoing(namespace)) return undefined;
      const { resources, failures } = await discover();
      const remains = await deleteContent(deps.client, resources, name);
      const done = remains.counts.size + remains.errors.length + failures.size === 0;
      const current = await writeConditions(deps, namespace, remains, failures);
      if (!current) return undefined;
      if (!done) return { requeueAfterMs: LOOK_AGAIN_MS };
      await finalize(deps, current);
      return undefined;
    },
  };
}

function isGoing({ metadata, spec }: Namespace): boolean {
  return metadata.deletionTimestamp !== undefined && (spec?.finalizers ?? []).includes(FINALIZER);
}

/** writeConditions answers the namespace as it is then; nothing when it is gone. */
async function writeConditions(
  { client, clock }: ControllerDeps,
  { metadata }: Namespace,
  remains: Remains,
  failures: ReadonlyMap<string, unknown>,
): Promise<Namespace | undefined> {
  try {
    const live = await client.get(NAMESPACES, { name: metadata.name ?? '' });
    if (live.metadata.uid !== metadata.uid) return undefined;
    const existing = live.status?.conditions ?? [];
    const conditions = deletionConditions(existing, remains, failures, clock.now());
    const same =
      live.status?.phase === 'Terminating' &&
      conditions.length === existing.length &&
      conditions.every((one) => existing.includes(one));
    if (same) return live;
    const status = { ...live.status, phase: 'Terminating', conditions };
    return await client.updateStatus(NAMESPACES, { ...live, status });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function finalize({ client }: ControllerDeps, namespace: Namespace): Promise<void> {
  const finalizers = (namespace.spec?.finalizers ?? []).filter((one) => one !== FINALIZER);
  const object = { ...namespace, spec: { ...namespace.spec, finalizers } };
  await client.update(NAMESPACES, object, { subresource: 'finalize' }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
  });
}
