import type { Container, PodSpec, ServiceAccount } from '../../apis/core/v1/types.ts';

/** Mountable is what an account, which lists what its pods may mount, lists. */
interface Mountable {
  readonly account: string;
  readonly secrets: ReadonlySet<string>;
}

const because = (account: string, what: string) =>
  `is not allowed because service account ${account} does not reference that ${what}`;

function inContainers(
  containers: readonly Container[] | undefined,
  kind: string,
  { account, secrets }: Mountable,
): string | undefined {
  const why = because(account, 'secret');
  for (const { name, env = [], envFrom = [] } of containers ?? []) {
    const place = `${kind} ${name}`;
    for (const one of env) {
      const secret = one.valueFrom?.secretKeyRef?.name ?? '';
      if (one.valueFrom?.secretKeyRef && !secrets.has(secret))
        return `${place} with envVar ${one.name} referencing secret.secretName="${secret}" ${why}`;
    }
    for (const { secretRef } of envFrom) {
      const secret = secretRef?.name ?? '';
      if (secretRef && !secrets.has(secret))
        return `${place} with envFrom referencing secret.secretName="${secret}" ${why}`;
    }
  }
  return undefined;
}

function inVolumes(spec: PodSpec, { account, secrets }: Mountable): string | undefined {
  for (const { secret } of spec.volumes ?? []) {
    const { secretName = '' } = secret ?? {};
    if (secret && !secrets.has(secretName))
      return `volume with secret.secretName="${secretName}" ${because(account, 'secret')}`;
  }
  return undefined;
}

function inPulls(spec: PodSpec, account: ServiceAccount): string | undefined {
  const known = new Set((account.imagePullSecrets ?? []).map(({ name = '' }) => name));
  const why = because(account.metadata.name ?? '', 'imagePullSecret');
  for (const [index, { name = '' }] of (spec.imagePullSecrets ?? []).entries())
    if (!known.has(name)) return `imagePullSecrets[${index}].name="${name}" ${why}`;
  return undefined;
}

/**
 * forbiddenReference words the first secret that a pod refers to and its account, which lets pods
 * mount only what it lists, does not; of a pod that gets ephemeral containers only those count.
 */
export function forbiddenReference(
  spec: PodSpec,
  account: ServiceAccount,
  subresource: string,
): string | undefined {
  const secrets = new Set((account.secrets ?? []).map(({ name = '' }) => name));
  const mountable = { account: account.metadata.name ?? '', secrets };
  if (subresource === 'ephemeralcontainers') {
    const added = spec.ephemeralContainers as readonly Container[] | undefined;
    return inContainers(added, 'ephemeral container', mountable);
  }
  return (
    inVolumes(spec, mountable) ??
    inContainers(spec.initContainers, 'init container', mountable) ??
    inContainers(spec.containers, 'container', mountable) ??
    inPulls(spec, account)
  );
}
