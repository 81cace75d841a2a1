import type { ContainerStatus } from '../../apis/core/v1/types.ts';
import type { ApiBody } from '../../client/transport.ts';
import type { Engine, LogOptions } from '../../engine/engine.ts';
import { newBadRequest } from '../../machinery/status-error.ts';
import type { PodWorker } from '../pod/pod-worker.ts';
import { flag, type StreamTarget } from './connect-call.ts';

function statusOf(worker: PodWorker, name: string): ContainerStatus | undefined {
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses } =
    worker.status ?? {};
  return [containerStatuses, initContainerStatuses, ephemeralContainerStatuses]
    .flatMap((list) => list ?? [])
    .find((one) => one.name === name);
}

function waitingText(reason: string | undefined): string {
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image';
  if (reason === 'ErrImagePull') return "image can't be pulled";
  return reason ?? '';
}

/** containerIdFor chooses whose log is meant, by kubelet's rules; throws its 400s. */
function containerIdFor(
  status: ContainerStatus | undefined,
  target: StreamTarget,
  previous: boolean,
): string {
  const { container, pod } = target;
  const where = `container "${container}" in pod "${pod}"`;
  const last = status?.lastState?.terminated;
  if (previous) {
    if (last?.containerID) return last.containerID;
    throw newBadRequest(`previous terminated ${where} not found`);
  }
  if (status === undefined) throw newBadRequest(`${where} is not available`);
  const { running, terminated, waiting } = status.state ?? {};
  if (running && status.containerID) return status.containerID;
  if (terminated?.containerID) return terminated.containerID;
  if (last?.containerID) return last.containerID;
  if (terminated) throw newBadRequest(`${where} is terminated`);
  throw newBadRequest(`${where} is waiting to start: ${waitingText(waiting?.reason)}`);
}

function numberOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) {
    throw newBadRequest(`${name} must be a non-negative number, not ${JSON.stringify(text)}`);
  }
  return number;
}

function sinceMs(query: URLSearchParams, nowMs: number): number | undefined {
  const seconds = numberOf(query, 'sinceSeconds');
  if (seconds !== undefined) return nowMs - seconds * 1000;
  const time = query.get('sinceTime');
  if (time === null) return undefined;
  const ms = Date.parse(time);
  if (Number.isNaN(ms)) throw newBadRequest(`sinceTime is no time: ${JSON.stringify(time)}`);
  return ms;
}

async function* limited(
  engine: Engine,
  id: string,
  options: LogOptions,
  limits: { readonly bytes: number | undefined; readonly abort: AbortController },
): AsyncIterable<Uint8Array> {
  let left = limits.bytes ?? Infinity;
  try {
    for await (const { data } of await engine.logs(id, options)) {
      yield data.length > left ? data.subarray(0, left) : data;
      left -= data.length;
      if (left <= 0) return;
    }
  } finally {
    limits.abort.abort();
  }
}

/** containerLogs answers the log of a container as `kubectl logs` wants it. */
export function containerLogs(engine: Engine, worker: PodWorker, target: StreamTarget): ApiBody {
  const { query } = target;
  const previous = flag(query, 'previous');
  const fullId = containerIdFor(statusOf(worker, target.container), target, previous);
  const id = fullId.replace(/^docker:\/\//, '');
  const abort = new AbortController();
  const tailLines = numberOf(query, 'tailLines');
  const since = sinceMs(query, Date.now());
  const options: LogOptions = {
    follow: flag(query, 'follow'),
    timestamps: flag(query, 'timestamps'),
    signal: abort.signal,
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(since === undefined ? {} : { sinceMs: since }),
  };
  const bytes = numberOf(query, 'limitBytes');
  return {
    kind: 'bytes',
    contentType: 'text/plain',
    bytes: limited(engine, id, options, { bytes, abort }),
  };
}
