import type { Kubeconfig } from './kubeconfig.ts';

function sorted<T extends { name: string }>(list: readonly T[] | undefined): T[] | null {
  return list && list.length > 0 ? list.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : null;
}

/**
 * printedForm is a configuration as client-go writes it: entries by name, required fields there even
 * when they are empty, and null for a list without entries.
 */
export function printedForm(config: Kubeconfig): object {
  const clusters = sorted(config.clusters);
  const contexts = sorted(config.contexts);
  const shown = {
    ...config,
    kind: 'Config',
    apiVersion: 'v1',
    preferences: config.preferences ?? {},
    'current-context': config['current-context'] ?? '',
    clusters: clusters?.map(({ name, cluster }) => ({ name, cluster: { server: '', ...cluster } })),
    contexts: contexts?.map(({ name, context }) => ({
      name,
      context: { cluster: '', user: '', ...context },
    })),
    users: sorted(config.users),
  };
  return { ...shown, clusters: shown.clusters ?? null, contexts: shown.contexts ?? null };
}
