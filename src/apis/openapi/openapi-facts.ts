import facts from '../catalogue/openapi.json' with { type: 'json' };

/** ShownFact is what documents tell of a definition beside the facts that the server works by. */
export interface ShownFact {
  /** The fields that Go always writes, whose zero value is shown as their default. */
  readonly zero?: readonly string[];
  /** Other defaults, by field. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** The values of a field, or of its items. */
  readonly enums?: Readonly<Record<string, readonly string[]>>;
  readonly unions?: readonly unknown[];
  /** What documents call required, where it is not what decoding demands. */
  readonly required?: readonly string[];
}

const SHOWN = facts.definitions as Readonly<Record<string, ShownFact>>;
const NOTHING: ShownFact = {};

/** shownFact answers what documents tell of a definition. */
export function shownFact(definition: string): ShownFact {
  return SHOWN[definition] ?? NOTHING;
}

/** SHARED_GROUP_VERSIONS are those in which the kinds that all groups share are known. */
export const SHARED_GROUP_VERSIONS: readonly string[] = facts.sharedGroupVersions;
