import type { ServedResource } from '../endpoints/served-resource.ts';
import { type RestVerb, verbsOf } from '../registry/rest.ts';

/** CUSTOM_ORDER is the order in which upstream shows the verbs of custom resources. */
const CUSTOM_ORDER: readonly RestVerb[] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];

/** shownVerbs are the verbs of a resource as discovery shows them. */
export function shownVerbs({ definition, rest }: ServedResource): RestVerb[] {
  const verbs = verbsOf(rest);
  if (!definition.structure) return verbs;
  return CUSTOM_ORDER.filter((verb) => verbs.includes(verb));
}
