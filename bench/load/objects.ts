import { type Credentials, demand } from './target.ts';

/** NAMESPACE is where the objects of the benchmarks are. */
export const NAMESPACE = 'bench';

/** LIST_NAMESPACE is where the pods are that are listed. */
export const LIST_NAMESPACE = 'bench-list';

const FILLER = 'x'.repeat(900);

/** pathOf is the path of a resource of the core group in the benchmarks' namespace, or of one object of it. */
export function pathOf(resource: string, name?: string, namespace = NAMESPACE): string {
  const path = `/api/v1/namespaces/${namespace}/${resource}`;
  return name === undefined ? path : `${path}/${name}`;
}

/** configMap is a ConfigMap of 1 KiB, with more metadata than its name where there is some. */
export function configMap(name: string, metadata: object = {}): object {
  const data = { filler: FILLER };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data };
}

/** pod is a Pod with twenty variables: some 3 KiB as sent, 9 KiB as stored. */
export function pod(name: string): object {
  const env = Array.from({ length: 20 }, (_, index) => ({
    name: `VARIABLE_${index}`,
    value: FILLER.slice(0, 100),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'bench' } },
    spec: { containers: [{ name: 'main', image: 'registry.example.com/app:1', env }] },
  };
}

/**
 * prepare makes the namespace, its default service account, and an account that may do everything;
 * answers a token of that, since the load generator has no client certificates.
 */
export async function prepare(target: Credentials): Promise<string> {
  const create = (path: string, body: object) => demand(target, { method: 'POST', path, body });
  for (const namespace of [NAMESPACE, LIST_NAMESPACE]) {
    const metadata = { name: namespace };
    await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata });
    const account = { apiVersion: 'v1', kind: 'ServiceAccount' };
    const path = pathOf('serviceaccounts', undefined, namespace);
    await create(path, { ...account, metadata: { name: 'default' } });
    await create(path, { ...account, metadata: { name: 'bench' } });
  }
  await create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'bench' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', name: 'bench', namespace: NAMESPACE }],
  });
  const { status } = await demand<{ status: { token: string } }>(target, {
    method: 'POST',
    path: `${pathOf('serviceaccounts', 'bench')}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 7200 },
    },
  });
  return status.token;
}
