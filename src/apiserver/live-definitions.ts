import type { ResourceType } from '../machinery/object.ts';
import { type ServedResource, serveDefinition } from './endpoints/served-resource.ts';
import { ServedResources } from './endpoints/served-resources.ts';
import type { Registry } from './registry/registry.ts';
import type { ResourceDefinition } from './resource-definition.ts';
import { resourcePrefix } from './storage-key.ts';

/** OWN are the definitions that a server is made of; they stay. */
const OWN = '';

/** isStored tells whether a definition is the one in whose form its objects are stored. */
export function isStored({ storage, storedAs }: ResourceDefinition): boolean {
  return storage === undefined && storedAs === undefined;
}

/**
 * LiveDefinitions are the definitions that a server serves, which others may add to, replace and
 * remove while it runs.
 *
 * INVARIANTS: a stored resource is served only while its cache shows everything; replacements
 * happen one after the other.
 */
export class LiveDefinitions {
  readonly served = new ServedResources();
  readonly #registry: Registry;
  readonly #byOwner = new Map<string, readonly ResourceDefinition[]>();
  #definitions: readonly ResourceDefinition[] = [];
  #last: Promise<void> = Promise.resolve();

  /** `own` are served from the start: their caches are there already. */
  constructor(registry: Registry, own: readonly ResourceDefinition[]) {
    this.#registry = registry;
    this.#publish(OWN, own);
  }

  /** all are the definitions that are served now; another array after every change. */
  get all(): readonly ResourceDefinition[] {
    return this.#definitions;
  }

  /** versionsOf answers all definitions that serve what a definition serves, in whatever version. */
  versionsOf(definition: ResourceDefinition): readonly ResourceDefinition[] {
    const prefix = storedPrefix(definition);
    const all = [...this.#byOwner.values()].flat();
    return all.filter((one) => storedPrefix(one) === prefix);
  }

  /**
   * replace serves the definitions of an owner in place of those that it had, and resolves with
   * what is not served any more.
   */
  replace(
    owner: string,
    definitions: readonly ResourceDefinition[],
  ): Promise<readonly ResourceType[]> {
    const work = this.#last.then(() => this.#replace(owner, definitions));
    this.#last = work.then(
      () => undefined,
      () => undefined,
    );
    return work;
  }

  async #replace(
    owner: string,
    definitions: readonly ResourceDefinition[],
  ): Promise<readonly ResourceType[]> {
    const { hub } = this.#registry;
    this.served.checkFree(owner, definitions);
    const stored = new Map(
      definitions.filter(isStored).map((one) => [resourcePrefix(one.type), one]),
    );
    const before = this.#byOwner.get(owner) ?? [];
    const gone = before.filter((one) => isStored(one) && !stored.has(resourcePrefix(one.type)));
    await Promise.all([...stored.values()].map((one) => hub.add(one.type, one.structure?.restore)));
    this.#publish(owner, definitions);
    for (const one of gone) hub.remove(one.type);
    return before
      .map((one) => one.type)
      .filter(({ group, version, resource }) => !this.served.find(group, version, resource));
  }

  #publish(owner: string, definitions: readonly ResourceDefinition[]): void {
    const served: ServedResource[] = definitions
      .filter((one) => !one.hidden)
      .map((one) => serveDefinition(this.#registry, one));
    this.served.replace(owner, served);
    if (definitions.length > 0) this.#byOwner.set(owner, definitions);
    else this.#byOwner.delete(owner);
    this.#definitions = this.served.all.map((one) => one.definition);
  }
}

function storedPrefix({ type, storedAs }: ResourceDefinition): string {
  return resourcePrefix(storedAs?.type ?? type);
}
