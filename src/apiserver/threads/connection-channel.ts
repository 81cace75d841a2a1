import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeBinding, type RawHandle, type RawPipe } from './pipe-binding.ts';

/** ConnectionSender passes accepted connections to another thread. */
export interface ConnectionSender {
  /** send passes on a connection of which nothing was read; the socket is empty afterwards. */
  send(socket: Socket): void;
  close(): void;
}

/** ConnectionDoor waits for the other thread to connect. */
export interface ConnectionDoor {
  /** What the other thread is to be told. */
  readonly path: string;
  /** Resolves when the other thread has connected. */
  readonly sender: Promise<ConnectionSender>;
  close(): void;
}

/**
 * Handles whose descriptor belongs to another handle: they must neither be closed nor collected.
 * There is one for each thread that was started.
 */
const lent: RawHandle[] = [];

function check(status: number, what: string): void {
  if (status !== 0) throw new Error(`${what} failed with ${status}`);
}

/** openConnectionDoor prepares to pass connections to a thread that calls receiveConnections. */
export async function openConnectionDoor(): Promise<ConnectionDoor> {
  const { Pipe, constants } = pipeBinding();
  // Only this user can reach what is in the directory.
  const directory = await mkdtemp(join(tmpdir(), 'sampan-'));
  const path = join(directory, 'connections');
  const server = new Pipe(constants.SERVER);
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    server.close();
    void rm(directory, { recursive: true, force: true });
  };
  const sender = new Promise<ConnectionSender>((resolve, reject) => {
    server.onconnection = (status, client) => {
      close();
      if (status !== 0 || !client) reject(new Error(`accepting a thread failed with ${status}`));
      else resolve(senderOver(client));
    };
  });
  check(server.bind(path), 'binding the door of a thread');
  check(server.listen(1), 'opening the door of a thread');
  return { path, sender, close };
}

/** senderOver makes a pipe that can carry connections of an accepted one, which cannot. */
function senderOver(client: RawPipe): ConnectionSender {
  const { Pipe, WriteWrap, constants } = pipeBinding();
  const pipe = new Pipe(constants.IPC);
  check(pipe.open(client.fd), 'opening the pipe to a thread');
  lent.push(client);
  let isOpen = true;
  return {
    send(socket) {
      const handle = takeHandle(socket);
      if (!handle) return;
      const write = new WriteWrap();
      write.oncomplete = () => handle.close();
      const status = isOpen ? pipe.writeUtf8String(write, '+', handle) : -1;
      // Whoever was to get it is gone: the client sees the connection end.
      if (status !== 0 || !write.async) handle.close();
    },
    close() {
      if (isOpen) pipe.close();
      isOpen = false;
    },
  };
}

/** takeHandle leaves a socket without its connection; undefined where it has none any more. */
function takeHandle(socket: Socket): RawHandle | undefined {
  const handle = Reflect.get(socket, '_handle') as RawHandle | null;
  if (!handle) return undefined;
  handle.readStop();
  Reflect.set(socket, '_handle', null);
  socket.destroy();
  return handle;
}

/** receiveConnections connects to a door; it resolves when connections can come. */
export function receiveConnections(
  path: string,
  onConnection: (socket: Socket) => void,
): Promise<void> {
  const { Pipe, PipeConnectWrap, constants } = pipeBinding();
  const pipe = new Pipe(constants.IPC);
  pipe.onread = () => {
    const handle = pipe.pendingHandle;
    pipe.pendingHandle = null;
    // A handle is an option that the type of the constructor does not name.
    if (handle) onConnection(new Socket({ handle, readable: true, writable: true } as object));
  };
  return new Promise((resolve, reject) => {
    const request = new PipeConnectWrap();
    request.oncomplete = (status) => {
      if (status !== 0) {
        reject(new Error(`connecting to the main thread failed with ${status}`));
        return;
      }
      pipe.readStart();
      resolve();
    };
    check(pipe.connect(request, path), 'connecting to the main thread');
  });
}
