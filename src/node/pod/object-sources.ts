import { allContainers } from '../../apis/core/v1/defaults.ts';
import type { ConfigMap, Pod, Secret, Service } from '../../apis/core/v1/types.ts';
import { CONFIG_MAPS, SECRETS, SERVICES } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import type { Informer, Informers } from '../../controller-kit/controller.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { isNotFound } from '../../machinery/status-error.ts';
import type { PodSources } from '../container/env.ts';

/** References are the names of the objects that a pod takes values from. */
export interface References {
  readonly configMaps: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
}

/** referencesOf collects the config maps and secrets that a pod's containers and volumes name. */
export function referencesOf(pod: Pod): References {
  const configMaps = new Set<string | undefined>();
  const secrets = new Set<string | undefined>();
  const { volumes = [] } = pod.spec ?? {};
  for (const { env = [], envFrom = [] } of pod.spec ? allContainers(pod.spec) : []) {
    for (const { valueFrom } of env) {
      configMaps.add(valueFrom?.configMapKeyRef?.name);
      secrets.add(valueFrom?.secretKeyRef?.name);
    }
    for (const source of envFrom) {
      configMaps.add(source.configMapRef?.name);
      secrets.add(source.secretRef?.name);
    }
  }
  for (const { configMap, secret, projected } of volumes) {
    configMaps.add(configMap?.name);
    secrets.add(secret?.secretName);
    for (const source of projected?.sources ?? []) {
      configMaps.add(source.configMap?.name);
      secrets.add(source.secret?.name);
    }
  }
  const named = (names: Set<string | undefined>) =>
    new Set([...names].filter((name) => name !== undefined));
  return { configMaps: named(configMaps), secrets: named(secrets) };
}

/**
 * ObjectSources reads what pods refer to: from the watched copies, and from the API where a copy
 * has it not yet.
 */
export class ObjectSources {
  readonly #client: Client;
  readonly #configMaps: Informer<ConfigMap>;
  readonly #secrets: Informer<Secret>;
  readonly #services: Informer<Service>;

  constructor(client: Client, informers: Informers) {
    this.#client = client;
    this.#configMaps = informers.informer(CONFIG_MAPS);
    this.#secrets = informers.informer(SECRETS);
    this.#services = informers.informer(SERVICES);
  }

  /** onChange is called with the namespace, kind and name of what changed. */
  onChange(handler: (namespace: string, kind: 'configMaps' | 'secrets', name: string) => void) {
    this.#configMaps.onChange(({ current, previous }) => {
      const { namespace = '', name = '' } = (current ?? previous)?.metadata ?? {};
      handler(namespace, 'configMaps', name);
    });
    this.#secrets.onChange(({ current, previous }) => {
      const { namespace = '', name = '' } = (current ?? previous)?.metadata ?? {};
      handler(namespace, 'secrets', name);
    });
  }

  async synced(): Promise<void> {
    await Promise.all([this.#configMaps.synced(), this.#secrets.synced(), this.#services.synced()]);
  }

  async forPod(pod: Pod): Promise<PodSources> {
    const { configMaps, secrets } = referencesOf(pod);
    const { namespace = '' } = pod.metadata;
    return {
      configMaps: await this.#all(CONFIG_MAPS, this.#configMaps, namespace, configMaps),
      secrets: await this.#all(SECRETS, this.#secrets, namespace, secrets),
      services: this.#services.list(),
    };
  }

  async pullSecrets(pod: Pod): Promise<readonly Secret[]> {
    const names = (pod.spec?.imagePullSecrets ?? []).map(({ name = '' }) => name);
    const { namespace = '' } = pod.metadata;
    const found = await this.#all(SECRETS, this.#secrets, namespace, new Set(names));
    return [...found.values()];
  }

  async #all<T extends KubeObject>(
    type: ResourceType<T>,
    informer: Informer<T>,
    namespace: string,
    names: ReadonlySet<string>,
  ): Promise<Map<string, T>> {
    const entries = await Promise.all(
      [...names].map(async (name): Promise<[string, T] | undefined> => {
        const known = informer.get(`${namespace}/${name}`);
        const object = known ?? (await this.#read(type, namespace, name));
        return object && [name, object];
      }),
    );
    return new Map(entries.filter((entry) => entry !== undefined));
  }

  async #read<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string,
    name: string,
  ): Promise<T | undefined> {
    try {
      return await this.#client.get(type, { namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
