import type { Info } from '../../machinery/meta/v1.ts';
import { METRICS_CONTENT_TYPE } from '../../machinery/metrics/metrics-text.ts';
import { newPathMethodNotAllowed } from '../../machinery/status-error.ts';
import type { OpenApiProvider } from '../contracts.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { objectPayload } from '../output/payload.ts';
import { type CoreRequest, type CoreResponse, headerOf } from '../request/core-request.ts';
import { demandJson } from '../request/media-type.ts';
import type { Health } from './health.ts';
import { serveOpenApi } from './openapi-paths.ts';

/** OtherPathsDeps is what serves the paths that are not resources. */
export interface OtherPathsDeps {
  readonly discovery: Discovery;
  readonly health: Health;
  readonly version: Info;
  readonly openapi: OpenApiProvider | undefined;
  /** The metrics in Prometheus' text format. */
  metrics(): Promise<string>;
  /** More paths, such as `/.well-known/oauth-authorization-server`; asked last. */
  more(request: CoreRequest): Promise<CoreResponse | undefined>;
}

function object(value: object): CoreResponse {
  return { kind: 'payload', status: 200, payload: objectPayload(value), format: 'pretty' };
}

const OWN_PATHS = [
  '/.well-known/openid-configuration',
  '/metrics',
  '/metrics/slis',
  '/openid/v1/jwks',
  '/version',
];

function pathsOf({ discovery, health, openapi }: OtherPathsDeps): string[] {
  const described = openapi ? ['/openapi/v2', '/openapi/v3', '/openapi/v3/'] : [];
  const paths = [...discovery.paths(), ...health.paths(), ...described, ...OWN_PATHS];
  return paths.sort();
}

function metricsAnswer(text: string): CoreResponse {
  const bytes = Buffer.from(text);
  return { kind: 'bytes', status: 200, contentType: METRICS_CONTENT_TYPE, bytes };
}

/** serveOtherPath answers a path that is not a resource's; undefined: there is no such path. */
export async function serveOtherPath(
  deps: OtherPathsDeps,
  request: CoreRequest,
): Promise<CoreResponse | undefined> {
  const { path } = request;
  if (path.includes('//')) return undefined;
  // These are served whatever the method, as upstream does.
  if (path === '/' || path === '/index.html') return object({ paths: pathsOf(deps) });
  if (path === '/metrics/slis') return metricsAnswer(deps.health.indicators());
  if (path === '/metrics') return metricsAnswer(await deps.metrics());
  const health = await deps.health.serve(request);
  if (health) return health;
  if (deps.openapi && path.startsWith('/openapi/')) return serveOpenApi(deps.openapi, request);
  const isVersion = path === '/version' || path === '/version/';
  const served = isVersion ? object(deps.version) : deps.discovery.serve(request);
  if (!served) return deps.more(request);
  if (request.method !== 'GET' && !deps.discovery.takesAnyMethod(path))
    throw newPathMethodNotAllowed();
  if (isVersion) demandJson(headerOf(request.headers, 'accept'));
  return served;
}
