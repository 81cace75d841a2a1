import type { ResourceType } from '../../machinery/object.ts';

/** Mapping is one resource that the server offers, with every name under which users ask for it. */
export interface Mapping extends ResourceType {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
}

/** qualifiedKind is the lower-case kind with its group, the prefix of `-o name`. */
export function qualifiedKind(type: { kind: string; group: string }): string {
  const kind = type.kind.toLowerCase();
  return type.group === '' ? kind : `${kind}.${type.group}`;
}
