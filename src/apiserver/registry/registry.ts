import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import type { CacheHub } from '../cache/cache-hub.ts';
import type { ResourceCache } from '../cache/resource-cache.ts';
import type { AdmissionRequest, ApiLog } from '../contracts.ts';
import type { WatchListMetrics } from '../metrics/watch-list-metrics.ts';
import type { ResourceDefinition, Strategy } from '../resource-definition.ts';
import { resourcePrefix } from '../storage-key.ts';
import type { AdmissionChain } from './admission-chain.ts';
import { dropSecondOwners, keepReadableOwnership } from './admitted-metadata.ts';
import type { WriterLines } from './turns.ts';
import { VersionView } from './version-view.ts';

/** Registry is what every write and read of stored objects needs. */
export interface Registry {
  readonly hub: CacheHub;
  /** The lines of those who update one object; the key is that of the store. */
  readonly turns: WriterLines;
  readonly admission: AdmissionChain;
  readonly watchLists: WatchListMetrics;
  readonly log: ApiLog;
  /** A random number in [0, 1): for generated names. */
  readonly random: () => number;
  readonly newUid: () => string;
  /** All definitions that serve one stored resource, the one that stores it among them. */
  versionsOf(definition: ResourceDefinition): readonly ResourceDefinition[];
}

/** StoredResource is one stored resource with its cache. */
export interface StoredResource {
  readonly registry: Registry;
  readonly definition: ResourceDefinition;
  readonly strategy: Strategy<KubeObject>;
  /** The entries in the form of the store. */
  readonly cache: ResourceCache;
  /** Present where this definition serves the entries in another version than they are stored in. */
  readonly view: VersionView | undefined;
}

/** storedResource binds a definition to its cache. */
export function storedResource(registry: Registry, definition: ResourceDefinition): StoredResource {
  const { storedAs } = definition;
  const cache = registry.hub.cache(resourcePrefix(storedAs?.type ?? definition.type));
  if (!cache) throw new Error(`no cache for ${definition.type.resource}`);
  const view = storedAs && new VersionView(definition, storedAs);
  return { registry, definition, strategy: definition.strategy ?? {}, cache, view };
}

/**
 * admitMutating runs the mutating admission, again where a plugin asks for it; the first refusal ends it.
 * Then the metadata of the object is looked after.
 */
export async function admitMutating(registry: Registry, request: AdmissionRequest): Promise<void> {
  const { object, context } = request;
  if (context.isPart) return;
  const ownership = object?.metadata?.managedFields;
  await registry.admission.mutate(request);
  const { reinvocation } = request;
  if (reinvocation.needed) {
    reinvocation.again = true;
    await registry.admission.mutate(request);
  }
  if (!object?.metadata) return;
  keepReadableOwnership(object.metadata, ownership, context);
  dropSecondOwners(object, context, 'admitted');
}

/** admitValidating runs the validating admission; the first refusal ends it. */
export async function admitValidating(
  registry: Registry,
  request: AdmissionRequest,
): Promise<void> {
  if (!request.context.isPart) await registry.admission.validate(request);
}

/** kindInErrors is the kind that refusals name: that in which objects are stored. */
export function kindInErrors({ type, storedAs }: ResourceDefinition): ResourceType {
  return storedAs?.type ?? type;
}
