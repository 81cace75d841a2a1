import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
} from '../../apis/apiextensions.k8s.io/v1/types.ts';

/** Naming is which names a definition gets, and the condition that says whether it got all. */
export interface Naming {
  readonly accepted: CustomResourceDefinitionNames;
  readonly condition: CustomResourceDefinitionCondition;
}

const NO_NAMES: CustomResourceDefinitionNames = { plural: '', kind: '' };

interface Taken {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

function namesTaken(definitions: readonly CustomResourceDefinition[], group: string): Taken {
  const resources = new Set<string>();
  const kinds = new Set<string>();
  for (const { spec, status } of definitions) {
    const names = status?.acceptedNames;
    if (spec.group !== group || !names) continue;
    for (const one of [names.plural, names.singular ?? '', ...(names.shortNames ?? [])]) {
      resources.add(one);
    }
    for (const one of [names.kind, names.listKind ?? '']) kinds.add(one);
  }
  return { resources, kinds };
}

/** nameDefinition settles the names of a definition among all: who came first keeps them. */
export function nameDefinition(
  { spec, status }: CustomResourceDefinition,
  all: readonly CustomResourceDefinition[],
  now: string,
): Naming {
  const { resources, kinds } = namesTaken(all, spec.group);
  const wanted = spec.names;
  const had = status?.acceptedNames ?? NO_NAMES;
  const accepted: CustomResourceDefinitionNames = { ...had };
  let problem: { readonly reason: string; readonly message: string } | undefined;
  const settle = (
    field: 'plural' | 'singular' | 'kind' | 'listKind',
    taken: ReadonlySet<string>,
  ) => {
    const name = wanted[field] ?? '';
    if (name !== (had[field] ?? '') && taken.has(name)) {
      const reason = `${field.charAt(0).toUpperCase()}${field.slice(1)}Conflict`;
      problem = { reason, message: `${JSON.stringify(name)} is already in use` };
    } else if (name !== '') accepted[field] = name;
  };
  settle('plural', resources);
  settle('singular', resources);
  const own = new Set(had.shortNames);
  const clashes = (wanted.shortNames ?? []).filter((one) => !own.has(one) && resources.has(one));
  if (clashes.length > 0) {
    const texts = clashes.map((one) => `${JSON.stringify(one)} is already in use`);
    const message = texts.length > 1 ? `[${texts.join(', ')}]` : (texts[0] ?? '');
    problem = { reason: 'ShortNamesConflict', message };
  } else if (wanted.shortNames) accepted.shortNames = wanted.shortNames;
  else delete accepted.shortNames;
  settle('kind', kinds);
  settle('listKind', kinds);
  if (wanted.categories) accepted.categories = wanted.categories;
  else delete accepted.categories;
  const outcome = problem
    ? { status: 'False', ...problem }
    : { status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  return { accepted, condition: { type: 'NamesAccepted', lastTransitionTime: now, ...outcome } };
}
