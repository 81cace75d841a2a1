import type { MessagePort } from 'node:worker_threads';
import { SharedLog } from '../../storage/shared-log.ts';
import type { ApiServer } from '../api-server.ts';
import type { ApiLog } from '../contracts.ts';
import { receiveConnections } from './connection-channel.ts';
import { RemoteWriter } from './remote-writer.ts';
import type { FromThread, FrontThreadData, ToThread } from './thread-messages.ts';

/** MainThread is the main thread as a front thread sees it. */
export interface MainThread {
  readonly data: FrontThreadData;
  readonly log: ApiLog;
  /** What the store of the main thread publishes. */
  readonly sharedLog: SharedLog;
  /** Carries out writes, which are durable when they are answered. */
  readonly writer: RemoteWriter;
}

/** FrontServer is the API server of a front thread. */
export interface FrontServer {
  readonly server: ApiServer;
  /** Is called when there are durable revisions that it may not have seen. */
  catchUp(): void;
}

function logOver(post: (message: FromThread) => void): ApiLog {
  const log = (level: 'info' | 'warn' | 'error') => (fields: object, message: string) =>
    post({ kind: 'log', level, fields: cloneable(fields), message });
  return { info: log('info'), warn: log('warn'), error: log('error') };
}

/** cloneable keeps of fields what can be passed between threads; of errors what a log shows. */
function cloneable(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (value instanceof Error) return [name, new Error(value.message, { cause: value.stack })];
      return [name, typeof value === 'object' ? JSON.stringify(value) : value];
    }),
  );
}

/** runFrontThread serves the connections that the main thread passes on, until the thread ends. */
export async function runFrontThread(
  port: MessagePort,
  data: FrontThreadData,
  start: (main: MainThread) => Promise<FrontServer>,
): Promise<void> {
  const post = (message: FromThread) => port.postMessage(message);
  const sharedLog = new SharedLog(data.sharedLog);
  const writer = new RemoteWriter((writes) =>
    port.postMessage({ kind: 'write', writes } satisfies FromThread, [writes.values.buffer]),
  );
  const front = await start({ data, log: logOver(post), sharedLog, writer });
  await front.server.ready();
  const connections = front.server.connections(data.tls);
  port.on('message', (message: ToThread) => {
    switch (message.kind) {
      case 'durable':
        front.catchUp();
        return;
      case 'written':
        writer.onAnswers(message.answers);
        front.catchUp();
        return;
      case 'tls':
        connections.setTls(message.tls);
        return;
      case 'metrics':
        post({ kind: 'metrics', metrics: front.server.metrics.snapshot() });
        return;
    }
  });
  await receiveConnections(data.door, (socket) => {
    socket.once('close', () => post({ kind: 'ended', count: 1 }));
    connections.accept(socket);
  });
  front.catchUp();
  post({ kind: 'ready' });
}
