import { allContainers } from '../../../apis/core/v1/defaults.ts';
import type { Pod, PodSpec, ServiceAccount, Volume } from '../../../apis/core/v1/types.ts';
import { SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import { isNotFound, newForbidden } from '../../../machinery/status-error.ts';
import type { KubeDeps } from '../deps.ts';

const TOKEN_MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** A little more than an hour, so that kubelets refresh before clients that know the hour. */
const TOKEN_SECONDS = 3607;
const ATTEMPTS = 10;
const ATTEMPT_DELAY_MS = 120;
const SUFFIX_CHARS = 'bcdfghjklmnpqrstvwxz2456789';

const PODS = { group: '', resource: 'pods' };

async function findAccount(
  deps: KubeDeps,
  namespace: string,
  name: string,
): Promise<ServiceAccount | undefined> {
  // A namespace's default account is made by a controller a moment after the namespace.
  const attempts = name === 'default' ? ATTEMPTS : 1;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.client.get(SERVICE_ACCOUNTS, { namespace, name });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if (attempt >= attempts) return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, ATTEMPT_DELAY_MS));
  }
}

function suffix(random: () => number): string {
  const pick = () => SUFFIX_CHARS.charAt(Math.floor(random() * SUFFIX_CHARS.length));
  return Array.from({ length: 5 }, pick).join('');
}

function tokenVolume(name: string, serviceCa: boolean): Volume {
  const configMap = (map: string, key: string) => ({
    configMap: { name: map, items: [{ key, path: key }] },
  });
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        configMap('kube-root-ca.crt', 'ca.crt'),
        {
          downwardAPI: {
            items: [
              {
                path: 'namespace',
                fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' },
              },
            ],
          },
        },
        ...(serviceCa ? [configMap('openshift-service-ca.crt', 'service-ca.crt')] : []),
      ],
    },
  };
}

/** Gives every container that mounts nothing there the token volume, and the pod the volume. */
function mountToken(spec: PodSpec, name: string, serviceCa: boolean): void {
  let used = false;
  for (const container of allContainers(spec)) {
    if (container.volumeMounts?.some((one) => one.mountPath === TOKEN_MOUNT)) continue;
    used = true;
    container.volumeMounts = [
      ...(container.volumeMounts ?? []),
      { name, mountPath: TOKEN_MOUNT, readOnly: true },
    ];
  }
  if (used) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name, serviceCa)];
}

function existingTokenVolume(spec: PodSpec): string | undefined {
  return spec.volumes?.find(
    (one) =>
      one.name.startsWith('kube-api-access-') &&
      one.projected?.sources?.some((source) => source.serviceAccountToken !== undefined),
  )?.name;
}

/**
 * admitServiceAccount gives a new pod its service account: the name, the token volume where the
 * account allows it, and the account's image pull secrets. As the ServiceAccount admission plugin.
 * Throws a 403 when the account does not exist.
 */
export async function admitServiceAccount(
  deps: KubeDeps,
  pod: Pod,
  namespace: string,
): Promise<void> {
  const { spec } = pod;
  if (spec === undefined) return;
  if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return;
  const name = spec.serviceAccountName || 'default';
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
  const account = await findAccount(deps, namespace, name);
  if (account === undefined) {
    throw newForbidden(
      PODS,
      pod.metadata.name ?? '',
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    );
  }
  const automount =
    spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (automount && existingTokenVolume(spec) === undefined) {
    const volume = `kube-api-access-${suffix(deps.random ?? Math.random)}`;
    mountToken(spec, volume, deps.options?.serviceCa ?? false);
  }
  const secrets = account.imagePullSecrets ?? [];
  if ((spec.imagePullSecrets ?? []).length === 0 && secrets.length > 0)
    spec.imagePullSecrets = structuredClone(secrets);
}
