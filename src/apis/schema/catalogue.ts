import kubernetes from '../catalogue/kubernetes.json' with { type: 'json' };
import openshift from '../catalogue/openshift.json' with { type: 'json' };

/** FieldFact is what the catalogue says of one field beside its type. */
export interface FieldFact {
  readonly type: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly listType?: 'atomic' | 'map' | 'set';
  readonly mapKeys?: readonly string[];
  readonly mapType?: 'atomic' | 'granular';
  readonly patchMergeKey?: string;
  readonly patchStrategy?: string;
}

/** DefinitionFact is one definition of the catalogue: an object with fields, or a scalar. */
export interface DefinitionFact {
  readonly fields?: Readonly<Record<string, FieldFact | string>>;
  readonly required?: readonly string[];
  readonly type?: string;
  readonly mapType?: 'atomic' | 'granular';
  /** `group/version/Kind`, or `version/Kind` in the core group; `shared` by all groups. */
  readonly gvk?: readonly string[] | 'shared';
}

type Definitions = Readonly<Record<string, DefinitionFact>>;

const DEFINITIONS: Definitions = {
  ...(kubernetes.definitions as unknown as Definitions),
  ...(openshift.definitions as unknown as Definitions),
};

/** definitionFact answers the facts of a definition; throws when the catalogue has none. */
export function definitionFact(name: string): DefinitionFact {
  const fact = DEFINITIONS[name];
  if (fact === undefined) throw new RangeError(`the catalogue has no definition ${name}`);
  return fact;
}

/** hasDefinition tells whether the catalogue has a definition. */
export function hasDefinition(name: string): boolean {
  return Object.hasOwn(DEFINITIONS, name);
}

/** definitionNames are all names of the catalogue. */
export function definitionNames(): readonly string[] {
  return Object.keys(DEFINITIONS);
}

/** definitionOfKind answers the definition of a kind; undefined where the catalogue has none. */
export function definitionOfKind(apiVersion: string, kind: string): string | undefined {
  kinds ??= new Map(
    Object.entries(DEFINITIONS).flatMap(([name, { gvk }]) =>
      typeof gvk === 'object' ? gvk.map((one): [string, string] => [one, name]) : [],
    ),
  );
  const name = kinds.get(`${apiVersion}/${kind}`) ?? openShiftName(apiVersion, kind);
  return name !== undefined && hasDefinition(name) ? name : undefined;
}

/** The names of OpenShift's definitions say themselves what kinds they are of. */
function openShiftName(apiVersion: string, kind: string): string | undefined {
  const [, group, version] = /^([a-z]+)\.openshift\.io\/(.+)$/.exec(apiVersion) ?? [];
  return group && `com.github.openshift.api.${group}.${version}.${kind}`;
}

let kinds: Map<string, string> | undefined;

/** isKnownKind tells whether the catalogue has a kind in a group version. */
export function isKnownKind(apiVersion: string, kind: string): boolean {
  return definitionOfKind(apiVersion, kind) !== undefined;
}
