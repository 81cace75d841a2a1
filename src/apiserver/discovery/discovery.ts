import { createHash } from 'node:crypto';
import { acceptClauses } from '../../machinery/accept-header.ts';
import type { APIGroup } from '../../machinery/meta/v1.ts';
import type { DelegatedApi, DelegatedGroup } from '../delegation.ts';
import type { ServedResource } from '../endpoints/served-resource.ts';
import { objectPayload } from '../output/payload.ts';
import { wantsPretty } from '../output/pretty.ts';
import { type CoreRequest, type CoreResponse, headerOf } from '../request/core-request.ts';
import { asMediaType, negotiate } from '../request/media-type.ts';
import { aggregatedDiscovery } from './aggregated-discovery.ts';
import { byGroup, type GroupOfResources, withDelegated } from './group-order.ts';
import { resourceList } from './resource-list.ts';
import { groupVersionOf } from './subresource-discovery.ts';

/** Discovery of groups, as opposed to that of their resources. */
const GROUPS = /^\/apis(?:\/[^/]+)?\/?$/;

interface Document {
  readonly bytes: Buffer;
  readonly etag: string;
}

function documentOf(object: object): Document {
  const bytes = Buffer.from(JSON.stringify(object));
  return { bytes, etag: `"${createHash('sha512').update(bytes).digest('hex').toUpperCase()}"` };
}

/** hostOf is the address that a client asked; HTTP/2 has another name for it. */
function hostOf({ headers }: CoreRequest): string {
  return headerOf(headers, 'host') || headerOf(headers, ':authority');
}

function apiGroup(group: GroupOfResources): APIGroup {
  const versions = group.versions.map(({ version }) => ({
    groupVersion: groupVersionOf(group.name, version),
    version,
  }));
  const [preferredVersion] = versions;
  return { name: group.name, versions, ...(preferredVersion ? { preferredVersion } : {}) };
}

/** Discovery tells clients what is served. What it tells is computed anew after every change. */
export class Discovery {
  readonly #source: () => readonly ServedResource[];
  readonly #delegated: DelegatedApi | undefined;
  readonly #documents = new Map<string, Document>();
  #served: readonly ServedResource[] | undefined;
  #others: readonly DelegatedGroup[] = [];
  #known: readonly GroupOfResources[] = [];

  /** `source` answers another array when something changed. */
  constructor(source: () => readonly ServedResource[], delegated?: DelegatedApi) {
    this.#source = source;
    this.#delegated = delegated;
  }

  get #groups(): readonly GroupOfResources[] {
    const served = this.#source();
    const others = this.#delegated?.groups() ?? this.#others;
    if (served !== this.#served || others !== this.#others) {
      this.#served = served;
      this.#others = others;
      this.#known = withDelegated(byGroup(served), others);
      this.#documents.clear();
    }
    return this.#known;
  }

  /** paths are the discovery paths that exist. */
  paths(): string[] {
    const paths = ['/api', '/api/v1', '/apis', '/apis/'];
    for (const group of this.#groups) {
      if (group.name === '') continue;
      paths.push(`/apis/${group.name}`);
      for (const { version } of group.versions) paths.push(`/apis/${group.name}/${version}`);
    }
    return paths;
  }

  /** serve answers a discovery path; undefined: it is none. */
  serve(request: CoreRequest): CoreResponse | undefined {
    const path = request.path.replace(/\/+$/, '');
    if (path === '/api' || path === '/apis') {
      const aggregated = this.#aggregated(request, path);
      if (aggregated) return aggregated;
    }
    const object = this.#object(path, hostOf(request));
    if (!object) return undefined;
    // Upstream's router knows nothing of the groups, only of their versions.
    const isLoose = this.takesAnyMethod(path);
    const { format } = negotiate(headerOf(request.headers, 'accept'), { isLoose, isPlain: true });
    const isPretty = wantsPretty(request.query, headerOf(request.headers, 'user-agent'));
    const written = format !== 'json' ? format : isPretty ? 'pretty' : undefined;
    return { kind: 'payload', status: 200, payload: objectPayload(object), format: written };
  }

  #aggregated(request: CoreRequest, path: string): CoreResponse | undefined {
    const version = aggregatedVersion(headerOf(request.headers, 'accept'));
    if (!version) return undefined;
    const key = `${path} ${version}`;
    const groups = this.#groups;
    const document = this.#documents.get(key) ?? documentOf(listOf(groups, path, version));
    this.#documents.set(key, document);
    const headers = { ETag: document.etag, Vary: 'Accept' };
    const contentType = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    const isKnown = headerOf(request.headers, 'if-none-match') === document.etag;
    const bytes = isKnown ? Buffer.alloc(0) : document.bytes;
    return { kind: 'bytes', status: isKnown ? 304 : 200, contentType, bytes, headers };
  }

  #object(path: string, host: string): object | undefined {
    if (path === '/api') {
      return {
        kind: 'APIVersions',
        versions: ['v1'],
        serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: host }],
      };
    }
    const named = this.#groups.filter((group) => group.name !== '');
    if (path === '/apis') {
      return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map(apiGroup) };
    }
    if (path === '/api/v1') return this.#resources('', 'v1');
    const [, prefix, name = '', version, ...rest] = path.split('/');
    if (prefix !== 'apis' || rest.length > 0) return undefined;
    if (version !== undefined) return this.#resources(name, version);
    const group = named.find((one) => one.name === name);
    return group && { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) };
  }

  /** takesAnyMethod tells whether a path is of groups, or of custom resources, which have no routes. */
  takesAnyMethod(path: string): boolean {
    return GROUPS.test(path) || this.#isCustom(path);
  }

  /** Tells whether a path is of a group of custom resources, which upstream serves without routes. */
  #isCustom(path: string): boolean {
    const group = this.#groups.find(({ name }) => name !== '' && name === path.split('/')[2]);
    const served = group?.versions.flatMap((version) => version.served) ?? [];
    return served.some(({ definition }) => definition.structure !== undefined);
  }

  #resources(name: string, version: string): object | undefined {
    const group = this.#groups.find((one) => one.name === name);
    const found = group?.versions.find((one) => one.version === version);
    return found && resourceList(name, version, found.served);
  }
}

function listOf(
  groups: readonly GroupOfResources[],
  path: string,
  version: 'v2' | 'v2beta1',
): object {
  const isCore = path === '/api';
  return aggregatedDiscovery(
    version,
    groups.filter((group) => (group.name === '') === isCore),
  );
}

/** aggregatedVersion answers which aggregated form a client asks for first, if it asks for one. */
function aggregatedVersion(accept: string): 'v2' | 'v2beta1' | undefined {
  for (const clause of acceptClauses(accept)) {
    const { type, parameters } = asMediaType(clause);
    if (type !== 'application/json') continue;
    if (parameters.g === undefined) return undefined;
    if (parameters.g !== 'apidiscovery.k8s.io' || parameters.as !== 'APIGroupDiscoveryList')
      continue;
    if (parameters.v === 'v2' || parameters.v === 'v2beta1') return parameters.v;
  }
  return undefined;
}
