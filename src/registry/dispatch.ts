import type { AccessVerb } from './access.ts';
import { deleteBlob, getBlob } from './blob-handlers.ts';
import { answerJson, type Exchange } from './exchange.ts';
import { listCatalog, listReferrers, listTags } from './listing-handlers.ts';
import { deleteManifest, getManifest, putManifest } from './manifest-handlers.ts';
import { RegistryError } from './registry-error.ts';
import type { Route } from './routes.ts';
import {
  appendUpload,
  cancelUpload,
  finishUpload,
  startUpload,
  uploadStatus,
} from './upload-handlers.ts';

type Handler<R extends Route> = (exchange: Exchange, route: R) => Promise<void>;
type Methods<R extends Route> = Readonly<
  Record<string, { readonly verb: AccessVerb; readonly serve: Handler<R> }>
>;
type RouteOf<K extends Route['kind']> = Extract<Route, { kind: K; repository: string }>;
type InRepository = Extract<Route, { repository: string }>['kind'];

const TABLE: { readonly [K in InRepository]: Methods<RouteOf<K>> } = {
  tags: { GET: { verb: 'get', serve: (e, r) => listTags(e, r.repository) } },
  referrers: { GET: { verb: 'get', serve: listReferrers } },
  manifest: {
    GET: { verb: 'get', serve: getManifest },
    HEAD: { verb: 'get', serve: getManifest },
    PUT: { verb: 'update', serve: putManifest },
    DELETE: { verb: 'delete', serve: deleteManifest },
  },
  blob: {
    GET: { verb: 'get', serve: getBlob },
    HEAD: { verb: 'get', serve: getBlob },
    DELETE: { verb: 'delete', serve: deleteBlob },
  },
  uploads: { POST: { verb: 'update', serve: (e, r) => startUpload(e, r.repository) } },
  upload: {
    GET: { verb: 'update', serve: uploadStatus },
    PATCH: { verb: 'update', serve: appendUpload },
    PUT: { verb: 'update', serve: finishUpload },
    DELETE: { verb: 'update', serve: cancelUpload },
  },
};

async function serveInRepository<K extends InRepository>(
  exchange: Exchange,
  kind: K,
  route: RouteOf<K>,
): Promise<void> {
  const methods: Methods<RouteOf<K>> = TABLE[kind];
  const method = methods[exchange.request.method ?? ''];
  if (!method)
    throw new RegistryError('UNSUPPORTED', 'The operation is unsupported.', {
      headers: { allow: Object.keys(methods).join(', ') },
    });
  const { access } = exchange.parts;
  const { verb } = method;
  await access.demand(exchange.request, exchange.user, { verb, repository: route.repository });
  await method.serve(exchange, route);
}

/** dispatch checks the user's access to what a route names, and serves it. */
export async function dispatch(exchange: Exchange, route: Route): Promise<void> {
  const { access } = exchange.parts;
  switch (route.kind) {
    case 'base':
      access.demandLogin(exchange.request, exchange.user);
      return answerJson(exchange, {});
    case 'catalog':
      access.demandLogin(exchange.request, exchange.user);
      return listCatalog(exchange);
    default:
      return serveInRepository(exchange, route.kind, route);
  }
}
