import type { CustomResourceDefinition } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import type { Client } from '../../client/client.ts';
import {
  type Clock,
  type Controller,
  type Informers,
  type ReconcileResult,
  source,
} from '../../controller-kit/controller.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { isNotFound } from '../../machinery/status-error.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import {
  CLEANUP_FINALIZER,
  CUSTOM_RESOURCE_DEFINITIONS,
  isConditionTrue,
  withCondition,
} from './definition-parts.ts';
import { nameDefinition } from './naming.ts';
import { statusAfter, willServe } from './status.ts';

/** How often it is looked whether the objects of a definition that goes are gone. */
const LOOK_AGAIN_MS = 500;

/** Installer serves the resources of definitions. */
export interface Installer {
  /** install serves what a definition declares now, and resolves when that is so. */
  install(definition: CustomResourceDefinition): Promise<void>;
  /** uninstall serves nothing of a definition any more. */
  uninstall(name: string): Promise<void>;
  /** served is a resource in which the objects of a definition can be listed; undefined: in none. */
  served(definition: CustomResourceDefinition): ResourceType | undefined;
}

/** DefinitionControllerDeps is what the controller of definitions needs. */
export interface DefinitionControllerDeps {
  readonly client: Client;
  readonly informers: Informers;
  readonly clock: Clock;
  readonly installer: Installer;
}

/**
 * newDefinitionController settles the names of CustomResourceDefinitions, establishes them, and
 * deletes the objects of those that go (kube-apiserver's naming, establishing, approval, structure
 * and finalizing controllers).
 */
export function newDefinitionController(deps: DefinitionControllerDeps): Controller {
  const definitions = deps.informers.informer(CUSTOM_RESOURCE_DEFINITIONS);
  return {
    name: 'crd',
    sources: [
      source(CUSTOM_RESOURCE_DEFINITIONS, (one, previous) => {
        const own = one.metadata.name ?? '';
        if (previous && deepEqual(one.status?.acceptedNames, previous.status?.acceptedNames)) {
          return [own];
        }
        // Names were taken or given back: others of the group may wait for them.
        const { group } = one.spec;
        const others = definitions.list().filter((other) => other.spec.group === group);
        return [own, ...others.map((other) => other.metadata.name ?? '')];
      }),
    ],
    reconcile: async (name) => {
      const definition = definitions.get(name);
      if (!definition) {
        await deps.installer.uninstall(name);
        return undefined;
      }
      const { deletionTimestamp, finalizers = [] } = definition.metadata;
      if (deletionTimestamp === undefined) return establish(deps, definition, definitions.list());
      return finalizers.includes(CLEANUP_FINALIZER) ? cleanUp(deps, definition) : undefined;
    },
  };
}

async function establish(
  deps: DefinitionControllerDeps,
  definition: CustomResourceDefinition,
  all: readonly CustomResourceDefinition[],
): Promise<undefined> {
  const now = timestampOf(deps.clock.now());
  const naming = nameDefinition(definition, all, now);
  const status = statusAfter(definition, naming, now);
  if (willServe(definition, naming)) await deps.installer.install({ ...definition, status });
  if (!deepEqual(status, definition.status)) await writeStatus(deps, { ...definition, status });
  return undefined;
}

async function writeStatus(
  { client }: DefinitionControllerDeps,
  definition: CustomResourceDefinition,
): Promise<CustomResourceDefinition | undefined> {
  try {
    const options = { subresource: 'status', fieldManager: 'kube-apiserver' };
    return await client.update(CUSTOM_RESOURCE_DEFINITIONS, definition, options);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function cleanUp(
  deps: DefinitionControllerDeps,
  definition: CustomResourceDefinition,
): Promise<ReconcileResult | undefined> {
  if (!isConditionTrue(definition, 'Established')) {
    const never = ['False', 'NeverEstablished', 'resource was never established'] as const;
    return release(deps, definition, never);
  }
  const going = [
    'True',
    'InstanceDeletionInProgress',
    'CustomResource deletion is in progress',
  ] as const;
  const noted = await setTerminating(deps, definition, going);
  if (!noted) return undefined;
  const left = await deleteInstances(deps, noted);
  if (left > 0) return { requeueAfterMs: LOOK_AGAIN_MS };
  const done = ['False', 'InstanceDeletionCompleted', 'removed all instances'] as const;
  return release(deps, noted, done);
}

type Outcome = readonly [status: string, reason: string, message: string];

async function setTerminating(
  deps: DefinitionControllerDeps,
  definition: CustomResourceDefinition,
  [status, reason, message]: Outcome,
): Promise<CustomResourceDefinition | undefined> {
  const lastTransitionTime = timestampOf(deps.clock.now());
  const condition = { type: 'Terminating', status, lastTransitionTime, reason, message };
  const conditions = withCondition(definition.status?.conditions ?? [], condition);
  const changed = { ...definition.status, conditions };
  if (deepEqual(changed, definition.status)) return definition;
  return writeStatus(deps, { ...definition, status: changed });
}

async function release(
  deps: DefinitionControllerDeps,
  definition: CustomResourceDefinition,
  outcome: Outcome,
): Promise<undefined> {
  const noted = await setTerminating(deps, definition, outcome);
  if (!noted) return undefined;
  const { name = '', uid, resourceVersion, finalizers = [] } = noted.metadata;
  const rest = finalizers.filter((one) => one !== CLEANUP_FINALIZER);
  const body = { metadata: { uid, resourceVersion, finalizers: rest } };
  const patch = { type: 'application/merge-patch+json', body } as const;
  await deps.client.patch(CUSTOM_RESOURCE_DEFINITIONS, { name }, patch).catch(ignoreGone);
  return undefined;
}

function ignoreGone(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

/** deleteInstances asks all objects of a definition to go, and answers how many are left. */
async function deleteInstances(
  { client, installer }: DefinitionControllerDeps,
  definition: CustomResourceDefinition,
): Promise<number> {
  const type = installer.served(definition);
  if (!type) return 0;
  const { items } = await client.list<KubeObject>(type);
  const namespaces = new Set(items.map((one) => one.metadata.namespace));
  for (const namespace of namespaces) {
    await client.deleteCollection(type, namespace === undefined ? {} : { namespace });
  }
  if (items.length === 0) return 0;
  return (await client.list(type)).items.length;
}
