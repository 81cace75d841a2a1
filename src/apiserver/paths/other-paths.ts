import type { Info } from '../../machinery/meta/v1.ts';
import type { OpenApiProvider } from '../contracts.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { objectPayload } from '../output/payload.ts';
import type { CoreRequest, CoreResponse } from '../request/core-request.ts';
import type { Health } from './health.ts';
import { serveOpenApi } from './openapi-paths.ts';

/** OtherPathsDeps is what serves the paths that are not resources. */
export interface OtherPathsDeps {
  readonly discovery: Discovery;
  readonly health: Health;
  readonly version: Info;
  readonly openapi: OpenApiProvider | undefined;
  /** More paths, such as `/.well-known/oauth-authorization-server`; asked last. */
  more(request: CoreRequest): Promise<CoreResponse | undefined>;
}

function object(value: object): CoreResponse {
  return { kind: 'payload', status: 200, payload: objectPayload(value), format: 'pretty' };
}

/** serveOtherPath answers a path that is not a resource's; undefined: there is no such path. */
export async function serveOtherPath(
  deps: OtherPathsDeps,
  request: CoreRequest,
): Promise<CoreResponse | undefined> {
  const { path } = request;
  if (request.method !== 'GET' && request.method !== 'HEAD') return deps.more(request);
  if (path === '/') {
    const openapi = deps.openapi ? ['/openapi/v2', '/openapi/v3'] : [];
    const paths = [...deps.discovery.paths(), ...deps.health.paths(), ...openapi, '/version'];
    return object({ paths: paths.sort() });
  }
  if (path === '/version' || path === '/version/') return object(deps.version);
  if (deps.openapi && path.startsWith('/openapi/')) return serveOpenApi(deps.openapi, request);
  return deps.discovery.serve(request) ?? (await deps.health.serve(request)) ?? deps.more(request);
}
