import { pino } from 'pino';
import { discover } from '../../src/client/discovery.ts';
import { pathsOf } from '../../src/cmd/platform/paths.ts';
import { bootstrap, startControlPlane } from '../../src/cmd/server/control-plane.ts';
import { newEventRecorder } from '../../src/controller-kit/event-recorder.ts';
import { newManager } from '../../src/controller-kit/manager.ts';
import { systemClock } from '../../src/controller-kit/system-clock.ts';
import { newGarbageCollector } from '../../src/controllers/kube/garbage-collector/garbage-collector.ts';
import { newNamespaceController } from '../../src/controllers/kube/namespace/namespace-controller.ts';
import { newFakeEngine } from '../../src/engine/fake/fake-engine.ts';
import type { Store } from '../../src/storage/store.ts';

async function compact(store: Store): Promise<void> {
  const started = performance.now();
  await store.compact(await store.currentRevision());
  process.send?.({ compactedMs: performance.now() - started });
}

/**
 * runApiAlone runs the API server alone, over the store on disk: DIRECTORY PORT [THREADS [collect]].
 * With `collect` the controllers run that delete: of namespaces, and of what has lost its owner.
 * `front` is the program of front threads. Resolves when it serves; who started the process is told
 * when that was.
 */
export async function runApiAlone(args: readonly string[], front: URL): Promise<void> {
  const [directory = '', port = '0', threads, collect] = args;
  const controlPlane = await startControlPlane({
    paths: pathsOf(directory),
    gateway: '10.128.0.1',
    clock: systemClock,
    log: pino({ level: 'warn', base: null }),
    images: {
      internalRegistryHost: 'registry',
      engineRegistryHost: 'registry',
      mirrors: [],
      gitRewrites: [],
    },
    engine: newFakeEngine(),
    flags: threads === undefined ? {} : { '--api-threads': threads },
  });
  await controlPlane.listen('127.0.0.1', Number(port));
  // From now on clients are served: from here the event loop is measured.
  controlPlane.metrics.snapshot();
  await bootstrap(controlPlane);
  if (collect === 'collect') {
    const { client, informers, clock, log, meterOf } = controlPlane;
    const recorder = newEventRecorder({ client, clock, log, component: 'bench' });
    const deps = { client, informers, clock, log, recorder };
    const manager = newManager({ ...deps, meterOf });
    const discovery = () => discover(client.transport);
    manager.add(newNamespaceController(deps, discovery));
    manager.add(newGarbageCollector(deps, discovery));
    manager.start();
  }
  const ready = performance.now();
  const starting = controlPlane.startThreads(front);
  // Without a number, threads start when the server is busy: that is not waited for.
  if (threads !== undefined) await starting;
  process.send?.({ readyMs: ready });
  // Whoever started the process has all history forgotten when it likes, which no client can.
  process.on('message', () => void compact(controlPlane.store));
  process.on('disconnect', () => process.exit(0));
}
