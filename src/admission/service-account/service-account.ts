import { podReferences } from '../../apis/core/v1/pod-references.ts';
import type { Pod, PodSpec, ServiceAccount, Volume } from '../../apis/core/v1/types.ts';
import { PODS, SERVICE_ACCOUNTS } from '../../apis/resource-types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import { newRefusal } from '../refusal.ts';
import { forbiddenReference } from './forbidden-reference.ts';

const MIRROR = 'kubernetes.io/config.mirror';
const ENFORCE = 'kubernetes.io/enforce-mountable-secrets';
const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const TOKEN_MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOKEN_VOLUME = 'kube-api-access-';
/** A little more than an hour, so that kubelets refresh before clients that know the hour. */
const TOKEN_SECONDS = 3607;
const ATTEMPTS = 10;
const ATTEMPT_DELAY_MS = 120;
const SUFFIX_CHARS = 'bcdfghjklmnpqrstvwxz2456789';

/** ServiceAccountOptions: `random` answers a number from 0 up to, not including, 1; default Math.random. */
export interface ServiceAccountOptions {
  cache(): CacheReader;
  readonly random?: () => number;
}

function suffix(random: () => number): string {
  const pick = () => SUFFIX_CHARS.charAt(Math.floor(random() * SUFFIX_CHARS.length));
  return Array.from({ length: 5 }, pick).join('');
}

function tokenVolume(name: string): Volume {
  const fieldRef = { apiVersion: 'v1', fieldPath: 'metadata.namespace' };
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        { downwardAPI: { items: [{ path: 'namespace', fieldRef }] } },
      ],
    },
  };
}

/** Gives every container that mounts nothing there the token volume, and the pod the volume. */
function mountToken(spec: PodSpec, random: () => number): void {
  const existing = spec.volumes?.find((one) => one.name.startsWith(TOKEN_VOLUME))?.name;
  const name = existing ?? `${TOKEN_VOLUME}${suffix(random)}`;
  let used = false;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if (container.volumeMounts?.some((one) => one.mountPath === TOKEN_MOUNT)) continue;
    used = true;
    container.volumeMounts = [
      ...(container.volumeMounts ?? []),
      { name, mountPath: TOKEN_MOUNT, readOnly: true },
    ];
  }
  if (used && existing === undefined) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

function isMirror({ metadata }: Pod): boolean {
  return metadata.annotations?.[MIRROR] !== undefined;
}

/** checkMirror: pods that a node made need nothing of the API. */
function checkMirror(request: AdmissionRequest, pod: Pod): void {
  const { spec } = pod;
  const refuse = (text: string) => newRefusal(request, `a mirror pod may not ${text}`);
  if (spec?.serviceAccountName) throw refuse('reference service accounts');
  if (podReferences(pod, 'secrets').size > 0) throw refuse('reference secrets');
  const hasToken = spec?.volumes?.some((volume) =>
    volume.projected?.sources?.some((source) => source.serviceAccountToken),
  );
  if (hasToken) throw refuse('use ServiceAccountToken volume projections');
}

/** podOf is the pod that the plugin looks at: a new one, or one that gets ephemeral containers. */
function podOf({ type, operation, subresource, object }: AdmissionRequest): Pod | undefined {
  if (type.group !== PODS.group || type.resource !== PODS.resource) return undefined;
  const isNew = operation === 'CREATE' && subresource === '';
  const isDebugged = operation === 'UPDATE' && subresource === 'ephemeralcontainers';
  return isNew || isDebugged ? (object as Pod) : undefined;
}

/**
 * newServiceAccount gives a new pod its service account: the name, the token volume where the
 * account allows it, and the account's image pull secrets; it refuses (403) pods whose account does
 * not exist or does not let them mount what they mount. The ServiceAccount admission plugin.
 */
export function newServiceAccount(options: ServiceAccountOptions): Admission {
  return new ServiceAccounts(options);
}

class ServiceAccounts implements Admission {
  readonly #options: ServiceAccountOptions;

  constructor(options: ServiceAccountOptions) {
    this.#options = options;
  }

  async mutate(request: AdmissionRequest): Promise<void> {
    const pod = request.operation === 'CREATE' ? podOf(request) : undefined;
    if (!pod) return;
    if (!isMirror(pod)) await this.#give(request, pod);
    await this.#check(request, pod);
  }

  validate(request: AdmissionRequest): Promise<void> | undefined {
    const pod = podOf(request);
    return pod && this.#check(request, pod);
  }

  async #give(request: AdmissionRequest, pod: Pod): Promise<void> {
    const { spec } = pod;
    if (spec === undefined) return;
    const name = spec.serviceAccountName || 'default';
    spec.serviceAccountName = name;
    spec.serviceAccount = name;
    const account = await this.#accountOf(request, name);
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true)
      mountToken(spec, this.#options.random ?? Math.random);
    const secrets = account.imagePullSecrets ?? [];
    if ((spec.imagePullSecrets ?? []).length === 0 && secrets.length > 0)
      spec.imagePullSecrets = structuredClone([...secrets]);
  }

  async #check(request: AdmissionRequest, pod: Pod): Promise<void> {
    if (request.operation === 'CREATE' && isMirror(pod)) return checkMirror(request, pod);
    const spec: PodSpec = pod.spec ?? { containers: [] };
    const { name: podName = '' } = pod.metadata;
    if (!spec.serviceAccountName) {
      const text = `no service account specified for pod ${request.namespace}/${podName}`;
      throw newRefusal(request, text);
    }
    const account = await this.#accountOf(request, spec.serviceAccountName);
    if (!TRUE.has(account.metadata.annotations?.[ENFORCE] ?? '')) return;
    const problem = forbiddenReference(spec, account, request.subresource);
    if (problem !== undefined) throw newRefusal(request, problem);
  }

  async #accountOf(request: AdmissionRequest, name: string): Promise<ServiceAccount> {
    const { namespace } = request;
    // A namespace's default account is made by a controller a moment after the namespace.
    const attempts = name === 'default' ? ATTEMPTS : 1;
    for (let attempt = 1; ; attempt += 1) {
      const found = this.#options.cache().get(SERVICE_ACCOUNTS, namespace, name);
      if (found) return found;
      if (attempt >= attempts) break;
      await new Promise((resolve) => setTimeout(resolve, ATTEMPT_DELAY_MS));
    }
    const text = `error looking up service account ${namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`;
    throw newRefusal(request, text);
  }
}
