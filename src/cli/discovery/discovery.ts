import type { Transport } from '../../client/transport.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { CliError } from '../cli-error.ts';
import type { DiscoveryCache } from './discovery-cache.ts';
import { fetchDiscovery } from './fetch-discovery.ts';
import type { Mapping } from './mapping.ts';

interface Wanted {
  readonly name: string;
  readonly group?: string;
  readonly version?: string;
}

/** wantedOf lists what `deployments.v1.apps` may mean, most specific first. */
function wantedOf(text: string): Wanted[] {
  const [name = '', ...rest] = text.split('.');
  if (rest.length === 0) return [{ name }];
  const [version = '', ...group] = rest;
  const asGroup = { name, group: rest.join('.') };
  if (!/^v\d/.test(version)) return [asGroup];
  return [{ name, version, group: group.join('.') }, asGroup];
}

function named(mapping: Mapping, name: string): boolean {
  return (
    mapping.resource === name ||
    mapping.singular === name ||
    mapping.kind.toLowerCase() === name ||
    mapping.shortNames.includes(name)
  );
}

/** findMapping finds the resource that a user means; a group may be shortened to its first labels. */
export function findMapping(mappings: readonly Mapping[], text: string): Mapping | undefined {
  for (const { name, group, version } of wantedOf(text)) {
    const lower = name.toLowerCase();
    const candidates = mappings.filter((one) => named(one, lower));
    const exact = candidates.find(
      (one) =>
        (group === undefined || one.group === group) &&
        (version === undefined || one.version === version),
    );
    if (exact) return exact;
    const prefix =
      group && version === undefined
        ? candidates.find((one) => one.group.startsWith(group))
        : undefined;
    if (prefix) return prefix;
  }
  return undefined;
}

/** Discovery knows the resources of the server, from a file where one is fresh enough. */
export class Discovery {
  private readonly transport: () => Promise<Transport>;
  private readonly cache: DiscoveryCache;
  private readonly now: () => Date;
  private mappings: Mapping[] | undefined;
  private isFresh = false;

  constructor(options: {
    transport: () => Promise<Transport>;
    cache: DiscoveryCache;
    now: () => Date;
  }) {
    this.transport = options.transport;
    this.cache = options.cache;
    this.now = options.now;
  }

  /** all answers every resource, asking the server only when nothing is cached. */
  async all(): Promise<readonly Mapping[]> {
    this.mappings ??= this.cache.read(this.now());
    return this.mappings ?? this.refresh();
  }

  /** refresh asks the server, whatever is cached. */
  async refresh(): Promise<readonly Mapping[]> {
    const mappings = await fetchDiscovery(await this.transport());
    this.mappings = mappings;
    this.isFresh = true;
    this.cache.write(mappings);
    return mappings;
  }

  /** find answers the resource of a name, singular, kind or short name, or nothing. */
  async find(text: string): Promise<Mapping | undefined> {
    const found = findMapping(await this.all(), text);
    if (found || this.isFresh) return found;
    return findMapping(await this.refresh(), text);
  }

  /** resolve is find that fails in kubectl's words. */
  async resolve(text: string): Promise<Mapping> {
    const found = await this.find(text);
    if (found) return found;
    const [name = '', ...group] = text.split('.');
    const of = group.length > 0 ? ` in group ${JSON.stringify(group.join('.'))}` : '';
    throw new CliError(`the server doesn't have a resource type ${JSON.stringify(name)}${of}`);
  }

  /** forKind answers the resource of an object's apiVersion and kind. */
  async forKind(apiVersion: string, kind: string): Promise<Mapping> {
    const [first = '', second] = apiVersion.split('/');
    const [group, version] = second === undefined ? ['', first] : [first, second];
    const matches = (one: Mapping) =>
      one.group === group && one.version === version && one.kind === kind;
    let found = (await this.all()).find(matches);
    if (!found && !this.isFresh) found = (await this.refresh()).find(matches);
    if (found) return found;
    throw new CliError(
      `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`,
    );
  }

  /** forManifest answers the resource of an object of a file, which the message names. */
  async forManifest({ apiVersion, kind, metadata }: KubeObject, source: string): Promise<Mapping> {
    try {
      return await this.forKind(apiVersion, kind);
    } catch (cause) {
      if (!(cause instanceof CliError)) throw cause;
      const { name = '', namespace = '' } = metadata;
      throw new CliError(
        `resource mapping not found for name: ${JSON.stringify(name)} namespace: ${JSON.stringify(namespace)} from ${JSON.stringify(source)}: ${cause.message}\nensure CRDs are installed first`,
        { cause },
      );
    }
  }

  /** category answers the resources of a category such as `all`; empty when there is none. */
  async category(name: string): Promise<Mapping[]> {
    const seen = new Set<string>();
    return (await this.all()).filter((one) => {
      const key = `${one.resource}.${one.group}`;
      if (!one.categories.includes(name) || seen.has(key)) return false;
      seen.add(key);
      return true;
    });
  }
}
