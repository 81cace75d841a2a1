import { parentPort, workerData } from 'node:worker_threads';
import { runFrontThread } from '../apiserver/threads/run-front-thread.ts';
import type { ApiThreadData } from './server/api-threads.ts';
import { startFrontServer } from './server/front-server.ts';

// The program of a front thread of the API server.
if (!parentPort) throw new Error('this program runs as a thread of the server');
const data = workerData as ApiThreadData;
await runFrontThread(parentPort, data, (main) => startFrontServer(main, data));
