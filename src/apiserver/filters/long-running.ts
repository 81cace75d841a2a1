import type { RequestInfo } from '../request/request-info.ts';

const STREAMS = new Set(['attach', 'exec', 'proxy', 'log', 'portforward']);
/** Subresources whose bodies take as long as they take: builds are uploaded, and run, through them. */
const UPLOADS = new Set(['instantiatebinary', 'log']);

/**
 * isLongRunning tells whether a request may last: watches, proxies, logs, and what takes over the
 * connection (kube-apiserver's long-running request check, with OpenShift's binary builds).
 */
export function isLongRunning(info: RequestInfo): boolean {
  if (!info.isResource) return info.path.startsWith('/debug/pprof/');
  if (info.verb === 'watch') return true;
  const { subresource } = info;
  return subresource !== '' && (STREAMS.has(subresource) || UPLOADS.has(subresource));
}
