import type { ResourceDefinition } from '../resource-definition.ts';
import type { ServedResource } from './served-resource.ts';

function keyOf(group: string, version: string, resource: string): string {
  return `${group}/${version}/${resource}`;
}

/**
 * ServedResources are the resources that a server serves now. Each belongs to an owner (the server
 * itself, a CustomResourceDefinition), whose resources are replaced together.
 */
export class ServedResources {
  readonly #byKey = new Map<string, ServedResource>();
  readonly #byOwner = new Map<string, readonly ServedResource[]>();
  #all: readonly ServedResource[] = [];

  /** all is another array after every change. */
  get all(): readonly ServedResource[] {
    return this.#all;
  }

  /** find answers what serves a resource; undefined: nothing does. */
  find(group: string, version: string, resource: string): ServedResource | undefined {
    return this.#byKey.get(keyOf(group, version, resource));
  }

  /** ownedBy answers the definitions of an owner. */
  ownedBy(owner: string): readonly ResourceDefinition[] {
    return (this.#byOwner.get(owner) ?? []).map((one) => one.definition);
  }

  /** checkFree throws where an owner's definitions would clash with those of another one. */
  checkFree(owner: string, definitions: readonly ResourceDefinition[]): void {
    const own = new Set(this.ownedBy(owner));
    const taken = new Set<string>();
    for (const { type } of definitions) {
      const key = keyOf(type.group, type.version, type.resource);
      const other = this.#byKey.get(key);
      if (taken.has(key) || (other && !own.has(other.definition))) {
        throw new Error(`two definitions of ${key}`);
      }
      taken.add(key);
    }
  }

  /** replace puts the resources of an owner in place of those that it had; throws on a clash. */
  replace(owner: string, served: readonly ServedResource[]): void {
    this.checkFree(
      owner,
      served.map((one) => one.definition),
    );
    if (served.length > 0) this.#byOwner.set(owner, served);
    else this.#byOwner.delete(owner);
    this.#all = [...this.#byOwner.values()].flat();
    this.#byKey.clear();
    for (const one of this.#all) {
      const { group, version, resource } = one.definition.type;
      this.#byKey.set(keyOf(group, version, resource), one);
    }
  }
}
