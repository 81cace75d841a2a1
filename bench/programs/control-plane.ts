import { pino } from 'pino';
import { pathsOf } from '../../src/cmd/platform/paths.ts';
import { bootstrap, startControlPlane } from '../../src/cmd/server/control-plane.ts';
import { systemClock } from '../../src/controller-kit/system-clock.ts';
import { newFakeEngine } from '../../src/engine/fake/fake-engine.ts';

// The API server alone, over the store on disk, for benchmarks: DIRECTORY PORT [THREADS].
const [directory = '', port = '0', threads] = process.argv.slice(2);
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
await bootstrap(controlPlane);
const ready = performance.now();
const starting = controlPlane.startThreads(new URL('./api-front.mjs', import.meta.url));
// Without a number, threads start when the server is busy: that is not waited for.
if (threads !== undefined) await starting;
process.send?.({ readyMs: ready });
process.on('message', () => process.send?.({ rssBytes: process.memoryUsage.rss() }));
process.on('disconnect', () => process.exit(0));
