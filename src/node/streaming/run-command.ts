import type { Writable } from 'node:stream';
import type { AttachedStreams, Engine, LogChunk } from '../../engine/engine.ts';
import { EngineError } from '../../engine/engine.ts';
import { newInternalError } from '../../machinery/status-error.ts';
import { newSuccess } from '../../machinery/success.ts';
import { type CommandOptions, type CommandStreams, nonZeroExit } from './command-streams.ts';
import { drained } from './drained.ts';

const LAST_BYTES_MS = 60_000;
const EXEC_FAILED = 'OCI runtime exec failed: ';

/** CommandTarget is the container that a command concerns. */
export interface CommandTarget {
  readonly engine: Engine;
  readonly containerId: string;
}

/** InputEnd says what the end of a client's input means for the process: its end too, or nothing. */
type InputEnd = 'ends' | 'stays open';

async function feed(
  source: AsyncIterable<Uint8Array>,
  sink: Writable,
  atEnd: InputEnd,
): Promise<void> {
  // A process that does not read its input ends the pipe: its output tells the rest.
  sink.on('error', () => undefined);
  for await (const chunk of source) {
    if (sink.destroyed || sink.writableEnded) return;
    if (!sink.write(chunk)) await drained(sink);
  }
  await (atEnd === 'ends' ? ended(sink) : flushed(sink));
}

/** ended resolves when everything that was written has left this process, or never will. */
function ended(sink: Writable): Promise<void> {
  return new Promise((resolve) => {
    sink.once('close', resolve).once('error', () => resolve());
    sink.end(resolve);
  });
}

/** flushed resolves when everything that was written has left this process, or never will. */
function flushed(sink: Writable): Promise<void> {
  return new Promise((resolve) => {
    sink.once('close', resolve);
    sink.write(new Uint8Array(0), () => resolve());
  });
}

interface Resizable {
  resize(columns: number, rows: number): Promise<void>;
}

async function followSize(streams: CommandStreams, target: Resizable): Promise<void> {
  for await (const { columns, rows } of streams.resizes) {
    // A process that ended has no size any more.
    await target.resize(columns, rows).catch(() => undefined);
  }
}

/** Joins a client with a process until the output ends; answers why the process did not start. */
async function join(
  streams: CommandStreams,
  session: AttachedStreams & Resizable,
  atEnd: InputEnd,
): Promise<string | undefined> {
  const { stdin } = session;
  const fed = streams.stdin && stdin ? feed(streams.stdin, stdin, atEnd) : Promise.resolve();
  // A client that uploads and leaves has its last bytes still on their way to the process.
  streams.closed.addEventListener('abort', () => {
    const limit = setTimeout(() => session.close(), LAST_BYTES_MS);
    void fed
      .catch(() => undefined)
      .then(() => {
        clearTimeout(limit);
        session.close();
      });
  });
  void followSize(streams, session);
  let first = true;
  for await (const chunk of session.output) {
    const refusal = first ? startFailure(chunk) : undefined;
    if (refusal !== undefined) return refusal;
    first = false;
    await streams.write(chunk.stream, chunk.data);
  }
  return undefined;
}

/** The engine tells that a process could not be started as the output of the process. */
function startFailure({ data }: LogChunk): string | undefined {
  const text = Buffer.from(data.subarray(0, 4096)).toString('utf8');
  return text.startsWith(EXEC_FAILED) ? text.trim() : undefined;
}

function failureOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof EngineError ? `Error response from daemon: ${message}` : message;
}

/** runExec runs a command in a container for a client, and tells it how it ended. */
export async function runExec(
  target: CommandTarget,
  command: readonly string[],
  client: { readonly streams: CommandStreams; readonly options: CommandOptions },
): Promise<void> {
  const { streams, options } = client;
  const { stdin, tty } = options;
  try {
    const session = await target.engine.exec(target.containerId, { command, stdin, tty });
    const refusal = await join(streams, session, 'ends');
    if (refusal !== undefined) {
      const text = `error executing command in container: failed to exec in container: ${refusal}`;
      await streams.finish(newInternalError(text).status);
      return;
    }
    const code = await session.exitCode();
    await streams.finish(code === 0 ? newSuccess() : nonZeroExit(code));
  } catch (error) {
    const text = `error executing command in container: ${failureOf(error)}`;
    await streams.finish(newInternalError(text).status);
  }
}

/** AttachTarget is a container with what its input and output are. */
export interface AttachTarget extends CommandTarget {
  readonly tty: boolean;
  /** Whether its input ends with that of the first client. */
  readonly stdinOnce: boolean;
}

/**
 * attachRunning joins a process that runs. The engine would take an attachment to one that has just
 * ended too, and keep it until the container is started again.
 */
async function attachRunning(
  { engine, containerId, tty }: AttachTarget,
  stdin: boolean,
): Promise<AttachedStreams> {
  const attached = await engine.attach(containerId, { stdin, tty });
  const state = await engine.inspectContainer(containerId);
  if (state?.status === 'running') return attached;
  attached.close();
  throw new Error(`container not running (${containerId})`);
}

/**
 * runAttach joins a client with the process of a container. An input that is for several clients
 * stays open after one of them: the engine would take the end of it for the end of the output too.
 */
export async function runAttach(
  target: AttachTarget,
  client: { readonly streams: CommandStreams; readonly options: CommandOptions },
): Promise<void> {
  const { engine, containerId, tty, stdinOnce } = target;
  const { streams, options } = client;
  try {
    const attached = await attachRunning(target, options.stdin);
    const resize = (columns: number, rows: number) =>
      engine.resizeContainer(containerId, columns, rows);
    const atEnd = stdinOnce && !tty ? 'ends' : 'stays open';
    await join(streams, { ...attached, resize }, atEnd);
    await streams.finish(newSuccess());
  } catch (error) {
    await streams.finish(
      newInternalError(`error attaching to container: ${failureOf(error)}`).status,
    );
  }
}
