import type { APIService } from '../../apis/apiregistration.k8s.io/v1/types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { DelegatedGroup } from '../../apiserver/delegation.ts';
import { compareVersions } from '../../apiserver/discovery/group-order.ts';
import { API_SERVICES, availabilityOf } from './api-services.ts';

/** RegisteredServers are the APIServices that other servers serve, as the cache has them now. */
export class RegisteredServers {
  readonly #cache: () => CacheReader;
  /** The resources of group versions as their servers told them last, by the APIService's name. */
  readonly #resources = new Map<string, readonly object[]>();
  #revision = -1;
  #byGroupVersion = new Map<string, APIService>();
  #groups: readonly DelegatedGroup[] = [];

  constructor(cache: () => CacheReader) {
    this.#cache = cache;
  }

  /** find answers what serves a group version elsewhere. */
  find(group: string, version: string): APIService | undefined {
    this.#refresh();
    return this.#byGroupVersion.get(`${group}/${version}`);
  }

  /** groups are those that discovery shows. */
  groups(): readonly DelegatedGroup[] {
    this.#refresh();
    return this.#groups;
  }

  /** groupVersions are the paths of all group versions, such as `apis/metrics.k8s.io/v1`. */
  groupVersions(): string[] {
    this.#refresh();
    return [...this.#byGroupVersion.keys()].sort().map((one) => `apis/${one}`);
  }

  /** learn keeps what a server says that it serves. */
  learn(name: string, resources: readonly object[]): void {
    if (JSON.stringify(this.#resources.get(name)) === JSON.stringify(resources)) return;
    this.#resources.set(name, resources);
    this.#revision = -1;
  }

  #refresh(): void {
    const cache = this.#cache();
    const revision = cache.revision(API_SERVICES);
    if (revision === this.#revision) return;
    this.#revision = revision;
    const services = cache.list(API_SERVICES).filter((one) => one.spec?.service);
    this.#byGroupVersion = new Map(
      services.map((one) => [`${one.spec?.group ?? ''}/${one.spec?.version ?? ''}`, one]),
    );
    const names = new Set(services.map(({ metadata }) => metadata.name));
    for (const name of this.#resources.keys()) {
      if (!names.has(name)) this.#resources.delete(name);
    }
    this.#groups = this.#grouped(services);
  }

  #grouped(services: readonly APIService[]): DelegatedGroup[] {
    const names = [...new Set(services.map((one) => one.spec?.group ?? ''))];
    const rank = (name: string) =>
      Math.max(...of(services, name).map((one) => one.spec?.groupPriorityMinimum ?? 0));
    return names
      .sort((a, b) => rank(b) - rank(a) || (a < b ? -1 : 1))
      .map((name) => ({
        name,
        versions: of(services, name)
          .sort(byPriority)
          .map((one) => ({
            version: one.spec?.version ?? '',
            resources: this.#resources.get(one.metadata.name ?? '') ?? [],
            isFresh: availabilityOf(one)?.status === 'True',
          })),
      }));
  }
}

function of(services: readonly APIService[], group: string): APIService[] {
  return services.filter((one) => (one.spec?.group ?? '') === group);
}

function byPriority(a: APIService, b: APIService): number {
  const difference = (b.spec?.versionPriority ?? 0) - (a.spec?.versionPriority ?? 0);
  return difference || compareVersions(a.spec?.version ?? '', b.spec?.version ?? '');
}
