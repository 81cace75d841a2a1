import type { ServerMessage } from '../platform/server-process.ts';

/** report tells the process that started this one; nobody listens once it has gone. */
export function report(message: ServerMessage): void {
  if (process.send && process.connected) process.send(message, () => undefined);
}
