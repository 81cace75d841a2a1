import type { CoreRequest, CoreResponse } from './request/core-request.ts';

/** DelegatedVersion is one version of a group that another server serves. */
export interface DelegatedVersion {
  readonly version: string;
  /** The resources as aggregated discovery has them (APIResourceDiscovery). */
  readonly resources: readonly object[];
  /** False while the server does not answer: `resources` are what it had before. */
  readonly isFresh: boolean;
}

/** DelegatedGroup is a group that other servers serve, its preferred version first. */
export interface DelegatedGroup {
  readonly name: string;
  readonly versions: readonly DelegatedVersion[];
}

/** DelegatedApi is the part of the API that other servers serve behind this one (aggregation). */
export interface DelegatedApi {
  /**
   * serve answers a request that is another server's, for the user of the request, who may make
   * it; undefined: it is this server's own.
   */
  serve(request: CoreRequest): Promise<CoreResponse> | undefined;
  /** groups are what discovery shows of it; another array after every change. */
  groups(): readonly DelegatedGroup[];
}
