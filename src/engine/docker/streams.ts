import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { AttachedStreams, ExecOptions, ExecSession, LogChunk, LogOptions } from '../engine.ts';
import type { Connection } from './connection.ts';
import { demultiplex, singleStream, untilAborted } from './demultiplex.ts';

/** A sequence that nobody types: ctrl-p, the engine's own, is the history key of shells. */
const DETACH_KEYS = 'ctrl-^,ctrl-_,ctrl-]';
const EXIT_POLL_MS = 25;
const EXIT_POLL_MAX_MS = 1000;

function attachedStreams(
  { socket, head }: { socket: Socket; head: Buffer },
  options: { stdin: boolean; tty: boolean },
): AttachedStreams {
  let closed = false;
  if (head.length > 0) socket.unshift(head);
  // A reset after close has nobody to tell.
  socket.on('error', () => undefined);
  const source = untilAborted(socket, () => closed);
  return {
    stdin: options.stdin ? socket : undefined,
    output: options.tty ? singleStream(source) : demultiplex(source),
    close() {
      closed = true;
      socket.destroy();
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** streamCalls is the part of the engine that carries bytes: attach, logs, exec, archives. */
export function streamCalls(connection: Connection) {
  async function isTty(id: string): Promise<boolean> {
    const { Config } = await connection.json<{ Config: { Tty: boolean } }>({
      method: 'GET',
      path: `/containers/${id}/json`,
    });
    return Config.Tty;
  }

  async function exitCodeOf(execId: string, ended: Promise<void>): Promise<number> {
    let delay = EXIT_POLL_MS;
    await ended;
    for (;;) {
      const { Running, ExitCode } = await connection.json<{ Running: boolean; ExitCode: number }>({
        method: 'GET',
        path: `/exec/${execId}/json`,
      });
      if (!Running) return ExitCode ?? 0;
      await pause(delay);
      delay = Math.min(delay * 2, EXIT_POLL_MAX_MS);
    }
  }

  return {
    async attach(id: string, options: { stdin: boolean; tty: boolean }): Promise<AttachedStreams> {
      const hijacked = await connection.hijack({
        method: 'POST',
        path: `/containers/${id}/attach`,
        query: {
          stream: '1',
          stdout: '1',
          stderr: '1',
          stdin: options.stdin ? '1' : '0',
          detachKeys: DETACH_KEYS,
        },
      });
      return attachedStreams(hijacked, options);
    },

    async logs(id: string, options: LogOptions): Promise<AsyncIterable<LogChunk>> {
      const tty = await isTty(id);
      const response = await connection.open({
        method: 'GET',
        path: `/containers/${id}/logs`,
        query: {
          stdout: '1',
          stderr: '1',
          follow: options.follow ? '1' : '0',
          timestamps: options.timestamps ? '1' : '0',
          tail: options.tailLines === undefined ? 'all' : String(options.tailLines),
          since: options.sinceMs === undefined ? undefined : (options.sinceMs / 1000).toFixed(9),
        },
        signal: options.signal,
      });
      const source = untilAborted(response, () => options.signal?.aborted === true);
      return tty ? singleStream(source) : demultiplex(source);
    },

    async exec(id: string, options: ExecOptions): Promise<ExecSession> {
      const { Id } = await connection.json<{ Id: string }>({
        method: 'POST',
        path: `/containers/${id}/exec`,
        body: {
          AttachStdin: options.stdin,
          AttachStdout: true,
          AttachStderr: true,
          Tty: options.tty,
          DetachKeys: DETACH_KEYS,
          Cmd: options.command,
        },
      });
      const hijacked = await connection.hijack({
        method: 'POST',
        path: `/exec/${Id}/start`,
        body: { Detach: false, Tty: options.tty },
      });
      const ended = new Promise<void>((resolve) => {
        hijacked.socket.once('end', resolve).once('close', resolve);
      });
      return {
        ...attachedStreams(hijacked, options),
        resize: (columns, rows) =>
          connection.json({
            method: 'POST',
            path: `/exec/${Id}/resize`,
            query: { w: String(columns), h: String(rows) },
          }),
        exitCode: () => exitCodeOf(Id, ended),
      };
    },

    putArchive: (id: string, path: string, tar: Readable): Promise<void> =>
      connection.json({
        method: 'PUT',
        path: `/containers/${id}/archive`,
        query: { path },
        headers: { 'content-type': 'application/x-tar' },
        stream: tar,
      }),

    getArchive: (id: string, path: string): Promise<Readable> =>
      connection.open({ method: 'GET', path: `/containers/${id}/archive`, query: { path } }),
  };
}
