import { SERVER_USER } from '../../apiserver/api-server.ts';
import { CertificateMetrics } from '../../apiserver/metrics/certificate-metrics.ts';
import { eventLoopMetrics, heapMetrics } from '../../apiserver/metrics/process-metrics.ts';
import { ElsewhereError } from '../../apiserver/threads/elsewhere.ts';
import type { RemoteWriter } from '../../apiserver/threads/remote-writer.ts';
import type { FrontServer, MainThread } from '../../apiserver/threads/run-front-thread.ts';
import { newClient } from '../../client/rest-client.ts';
import type { Transport } from '../../client/transport.ts';
import { systemClock } from '../../controller-kit/system-clock.ts';
import { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { newEncryptedStore } from '../../storage/encryption/encrypted-store.ts';
import { openLmdbReader } from '../../storage/lmdb/lmdb-reader.ts';
import type { Store } from '../../storage/store.ts';
import { readAccessFiles } from './access-files.ts';
import { releaseAfterLoad } from './after-load.ts';
import { newApi } from './api.ts';
import type { ApiThreadData } from './api-threads.ts';
import { openKeyring } from './encryption.ts';
import { readFrontOptions } from './front-options.ts';
import { LateTransport } from './late-transport.ts';

function elsewhere(what: string): never {
  throw new ElsewhereError(what);
}

/** readsOnly lets the code of a front thread read; what writes belongs to the main thread. */
function readsOnly(transport: Transport): Transport {
  return {
    request: async (request) =>
      request.method === 'GET' ? transport.request(request) : elsewhere('write something else'),
    upgrade: async () => elsewhere('open a stream'),
  };
}

/**
 * inLine sends a write that lost against another one to the main thread, where the writers of one
 * object wait for each other instead of racing.
 */
function inLine(writer: RemoteWriter): Pick<Store, 'write' | 'compact'> {
  return {
    async write(write) {
      const result = await writer.write(write);
      if (!result.ok && write.expectedModRevision > 0) elsewhere('wait for others who write');
      return result;
    },
    compact: () => writer.compact(),
  };
}

/** startFrontServer makes the API server of a front thread, on the store of the main thread. */
export async function startFrontServer(
  main: MainThread,
  data: ApiThreadData,
): Promise<FrontServer> {
  const reader = openLmdbReader({
    directory: data.storeDirectory,
    shared: main.sharedLog,
    writer: inLine(main.writer),
  });
  const catchUp = () => reader.catchUp();
  const late = new LateTransport();
  const metrics = new MetricRegistry();
  eventLoopMetrics(metrics);
  heapMetrics(metrics);
  const { log } = main;
  const now = () => systemClock.now();
  const { server } = newApi({
    store: newEncryptedStore(reader, await openKeyring(data.flags)),
    client: newClient(readsOnly(late)),
    pki: data.pki,
    ...(await readAccessFiles(data.pki, data.flags, { metrics, log, now })),
    admissionSettings: data.admissionSettings,
    images: data.images,
    nodes: { connect: async () => elsewhere('reach a node') },
    localImages: async () => elsewhere('ask the engine'),
    frontOf: { place: data.place, catchUp },
    metrics,
    webhookCertificates: new CertificateMetrics(metrics, 'apiserver_webhooks_'),
    front: { ...(await readFrontOptions(data.flags, log)), seats: data.seats },
    clock: systemClock,
    now,
    log,
  });
  late.resolve(server.transportFor(SERVER_USER));
  // Until the thread ends.
  releaseAfterLoad();
  return { server, catchUp };
}
