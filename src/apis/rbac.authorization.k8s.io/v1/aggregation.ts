import { matchesLabels, selectorOfObject } from '../../../machinery/labels.ts';
import type { ClusterRole, PolicyRule } from './types.ts';

/** textOf is the same for equal rules; a list that is empty is none. */
function textOf({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule) {
  const lists = [verbs, apiGroups, resources, resourceNames, nonResourceURLs];
  return JSON.stringify(lists.map((one) => one ?? []));
}

/**
 * aggregatedRules are the rules that a ClusterRole with an aggregationRule has: those of all roles
 * that its selectors name, in the order of their names, each once (kube-controller-manager's
 * `clusterrole-aggregation`).
 */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  for (const object of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const selector = selectorOfObject(object);
    const chosen = all
      .filter((one) => matchesLabels(selector, one.metadata.labels))
      .filter((one) => one.metadata.name !== role.metadata.name)
      .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
    for (const rule of chosen.flatMap((one) => one.rules ?? [])) {
      const text = textOf(rule);
      if (!rules.has(text)) rules.set(text, rule);
    }
  }
  return [...rules.values()];
}
