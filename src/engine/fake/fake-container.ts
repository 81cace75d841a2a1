import { PassThrough } from 'node:stream';
import type { ContainerConfig, ContainerState, EngineEvent, ImageInfo } from '../engine.ts';
import { type ChunkLog, newChunkLog } from './chunk-log.ts';
import type { FakeProcess, FakeProgram } from './fake-process.ts';

/** FakeContainer is a container of the fake engine. */
export interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly config: ContainerConfig;
  readonly image: ImageInfo;
  readonly files: Map<string, Uint8Array>;
  readonly log: ChunkLog;
  readonly stdin: PassThrough;
  readonly ended: Promise<number>;
  state(): ContainerState;
  start(program: FakeProgram): void;
  signal(name: string): void;
  /** finish ends the process from outside, as a crash would. */
  finish(exitCode: number, oomKilled?: boolean): void;
}

interface FakeContainerOptions {
  readonly id: string;
  readonly pid: number;
  readonly name: string;
  readonly config: ContainerConfig;
  readonly image: ImageInfo;
  readonly files: Map<string, Uint8Array>;
  emit(action: EngineEvent['action'], exitCode?: number): void;
}

/** argvOf is what a container runs, by its configuration and its image's. */
export function argvOf(config: ContainerConfig, image: ImageInfo): readonly string[] {
  const entrypoint = config.entrypoint ?? image.config.entrypoint ?? [];
  const inherited = config.entrypoint === undefined ? (image.config.command ?? []) : [];
  return [...entrypoint, ...(config.command ?? inherited)];
}

/** environmentOf decodes `NAME=value` lines. */
function environmentOf(lines: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    lines.map((line) => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );
}

/** newFakeContainer is a container in state `created`. */
export function newFakeContainer(options: FakeContainerOptions): FakeContainer {
  const { id, name, config, image, files, emit } = options;
  const log = newChunkLog();
  const stdin = new PassThrough();
  const abort = new AbortController();
  const createdAt = new Date().toISOString();
  let finished: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    finished = resolve;
  });
  let state: Pick<
    ContainerState,
    'status' | 'exitCode' | 'oomKilled' | 'startedAt' | 'finishedAt'
  > = {
    status: 'created',
    exitCode: 0,
    oomKilled: false,
    startedAt: undefined,
    finishedAt: undefined,
  };

  function finish(exitCode: number, oomKilled = false): void {
    if (state.status !== 'running') return;
    state = {
      ...state,
      status: 'exited',
      exitCode,
      oomKilled,
      finishedAt: new Date().toISOString(),
    };
    log.end();
    finished(exitCode);
    if (oomKilled) emit('oom');
    emit('die', exitCode);
  }

  const process = (): FakeProcess => ({
    argv: argvOf(config, image),
    env: environmentOf([...(image.config.env ?? []), ...(config.env ?? [])]),
    stdin,
    files,
    signal: abort.signal,
    write: (stream, text) => log.append(stream, text),
  });

  return {
    id,
    name,
    config,
    image,
    files,
    log,
    stdin,
    ended,
    finish,
    start(program) {
      if (state.status === 'running') return;
      state = { ...state, status: 'running', startedAt: new Date().toISOString() };
      emit('start');
      program(process()).then(finish, () => finish(255));
    },
    signal(signalName) {
      emit('kill');
      abort.abort(signalName);
      if (signalName === 'SIGKILL') finish(137);
    },
    state: () => ({
      id,
      name,
      imageId: image.id,
      image: config.image,
      labels: config.labels ?? {},
      pid: state.status === 'running' ? options.pid : 0,
      error: '',
      createdAt,
      tty: config.tty ?? false,
      logPath: undefined,
      ...state,
    }),
  };
}
