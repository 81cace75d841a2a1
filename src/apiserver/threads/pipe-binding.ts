/** RawHandle is a connection or a port as Node holds it beneath its sockets. */
export interface RawHandle {
  readonly fd: number;
  close(): void;
  readStart(): number;
  readStop(): number;
}

/** RawPipe is a Unix socket that can carry open connections (SCM_RIGHTS). */
export interface RawPipe extends RawHandle {
  bind(path: string): number;
  listen(backlog: number): number;
  open(fd: number): number;
  connect(request: object, path: string): number;
  writeUtf8String(request: object, text: string, handle: RawHandle): number;
  onconnection: (status: number, client: RawPipe | undefined) => void;
  onread: () => void;
  /** The connection that came with what was read last; to be set to null by who takes it. */
  pendingHandle: RawHandle | null;
}

interface PipeBinding {
  readonly Pipe: new (kind: number) => RawPipe;
  readonly PipeConnectWrap: new () => { oncomplete: (status: number) => void };
  readonly constants: { readonly SERVER: number; readonly IPC: number };
}

interface StreamBinding {
  readonly WriteWrap: new () => { oncomplete: (status: number) => void; async?: boolean };
}

type Binding = (name: string) => unknown;

/**
 * pipeBinding answers Node's own pipes. Connections can be passed between processes with the public
 * API (`subprocess.send`), but not between threads of one; the pipes below it can do both. Throws
 * where Node does not lend them.
 */
export function pipeBinding(): PipeBinding & StreamBinding {
  const binding: Binding = Reflect.get(process, 'binding').bind(process);
  const pipes = binding('pipe_wrap') as PipeBinding;
  const streams = binding('stream_wrap') as StreamBinding;
  return { ...pipes, ...streams };
}
