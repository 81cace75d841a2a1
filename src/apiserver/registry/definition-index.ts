import type { ResourceDefinition } from '../resource-definition.ts';

function keyOf(group: string, version: string, resource: string): string {
  return `${group}/${version}/${resource}`;
}

/** DefinitionIndex finds definitions by group, version and resource. */
export class DefinitionIndex {
  readonly all: readonly ResourceDefinition[];
  readonly #byKey = new Map<string, ResourceDefinition>();

  constructor(definitions: readonly ResourceDefinition[]) {
    this.all = definitions;
    for (const definition of definitions) {
      const { group, version, resource } = definition.type;
      const key = keyOf(group, version, resource);
      if (this.#byKey.has(key)) throw new Error(`two definitions of ${key}`);
      this.#byKey.set(key, definition);
    }
  }

  find(group: string, version: string, resource: string): ResourceDefinition | undefined {
    return this.#byKey.get(keyOf(group, version, resource));
  }

  /** groups answers the groups and their versions, the core group first, else by name. */
  groups(): Map<string, readonly string[]> {
    const groups = new Map<string, string[]>();
    const sorted = [...this.all].sort((a, b) => (a.type.group < b.type.group ? -1 : 1));
    for (const { type } of sorted) {
      const versions = groups.get(type.group) ?? [];
      if (!versions.includes(type.version)) versions.push(type.version);
      groups.set(type.group, versions);
    }
    return groups;
  }

  /** inGroupVersion answers the definitions of one group version by resource name. */
  inGroupVersion(group: string, version: string): ResourceDefinition[] {
    return this.all
      .filter(({ type }) => type.group === group && type.version === version)
      .sort((a, b) => (a.type.resource < b.type.resource ? -1 : 1));
  }
}
