import type { ApiBody } from '../../client/transport.ts';
import type { Engine } from '../../engine/engine.ts';
import { newNotFound, newPathNotFound } from '../../machinery/status-error.ts';
import type { PodWorker } from '../pod/pod-worker.ts';
import { type ConnectCall, parseConnect } from './connect-call.ts';
import { containerLogs } from './container-logs.ts';

/** ConnectDeps is what the streaming server needs of the agent. */
export interface ConnectDeps {
  readonly engine: Engine;
  find(namespace: string, name: string): PodWorker | undefined;
}

/** serveConnect serves one request of kubelet's streaming paths. Throws StatusErrors. */
export async function serveConnect(
  path: string,
  call: ConnectCall,
  deps: ConnectDeps,
): Promise<ApiBody | undefined> {
  const target = parseConnect(path, call);
  const worker = deps.find(target.namespace, target.pod);
  if (worker === undefined) throw newNotFound({ group: '', resource: 'pods' }, target.pod);
  if (target.verb === 'containerLogs') return containerLogs(deps.engine, worker, target);
  throw newPathNotFound();
}
