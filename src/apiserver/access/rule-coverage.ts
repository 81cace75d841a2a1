import type { PolicyRule } from '../../apis/rbac.authorization.k8s.io/v1/types.ts';

type Names = readonly string[] | undefined;

const has = (set: Names, one: string) => set?.includes(one) ?? false;
const hasAll = (set: Names, wanted: Names) => (wanted ?? []).every((one) => has(set, one));

function coversResource(owned: Names, resource: string): boolean {
  if (has(owned, resource)) return true;
  const slash = resource.indexOf('/');
  return slash >= 0 && has(owned, `*/${resource.slice(slash + 1)}`);
}

function coversPath(owned: Names, path: string): boolean {
  return (owned ?? []).some(
    (one) => one === path || (one.endsWith('*') && path.startsWith(one.replace(/\*+$/, ''))),
  );
}

/** breakdown makes of a rule all its single permissions: one verb, resource and name (or path) each. */
function breakdown(rule: PolicyRule): PolicyRule[] {
  const single: PolicyRule[] = [];
  const names = rule.resourceNames ?? [];
  for (const group of rule.apiGroups ?? []) {
    for (const resource of rule.resources ?? []) {
      for (const verb of rule.verbs) {
        const one = { apiGroups: [group], resources: [resource], verbs: [verb] };
        if (names.length === 0) single.push(one);
        else for (const name of names) single.push({ ...one, resourceNames: [name] });
      }
    }
  }
  for (const path of rule.nonResourceURLs ?? []) {
    for (const verb of rule.verbs) single.push({ nonResourceURLs: [path], verbs: [verb] });
  }
  return single;
}

function ruleCovers(owner: PolicyRule, single: PolicyRule): boolean {
  const names = single.resourceNames ?? [];
  const ownNames = owner.resourceNames ?? [];
  return (
    (has(owner.verbs, '*') || hasAll(owner.verbs, single.verbs)) &&
    (has(owner.apiGroups, '*') || hasAll(owner.apiGroups, single.apiGroups)) &&
    (has(owner.resources, '*') ||
      (single.resources ?? []).every((one) => coversResource(owner.resources, one))) &&
    (ownNames.length === 0 || (names.length > 0 && hasAll(ownNames, names))) &&
    (single.nonResourceURLs ?? []).every((one) => coversPath(owner.nonResourceURLs, one))
  );
}

/**
 * uncovered answers the single permissions of some rules that other rules do not give
 * (k8s.io/component-helpers `auth/rbac/validation.Covers`).
 */
export function uncovered(
  owned: readonly PolicyRule[],
  wanted: readonly PolicyRule[],
): PolicyRule[] {
  return wanted
    .flatMap(breakdown)
    .filter((single) => !owned.some((owner) => ruleCovers(owner, single)));
}

function placeOf({ apiGroups, resources, resourceNames }: PolicyRule): string | undefined {
  if (apiGroups?.length !== 1 || resources?.length !== 1) return undefined;
  return JSON.stringify([apiGroups, resources, resourceNames ?? []]);
}

/** compact joins the permissions that differ in nothing but the verb. */
export function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const joined: PolicyRule[] = [];
  const byPlace = new Map<string, PolicyRule>();
  for (const rule of rules) {
    const place = placeOf(rule);
    const known = place === undefined ? undefined : byPlace.get(place);
    if (known) {
      known.verbs = [...known.verbs, ...rule.verbs];
      continue;
    }
    const copy = { ...rule };
    joined.push(copy);
    if (place !== undefined) byPlace.set(place, copy);
  }
  return joined;
}

function goList(name: string, list: Names): string[] {
  if (!list?.length) return [];
  return [`${name}:[${list.map((one) => JSON.stringify(one)).join(' ')}]`];
}

/** ruleText prints a rule as upstream's messages do. */
export function ruleText(rule: PolicyRule): string {
  const parts = [
    ...goList('APIGroups', rule.apiGroups),
    ...goList('Resources', rule.resources),
    ...goList('ResourceNames', rule.resourceNames),
    ...goList('NonResourceURLs', rule.nonResourceURLs),
    ...goList('Verbs', rule.verbs),
  ];
  return `{${parts.join(', ')}}`;
}
