import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { type Engine, EngineError, type EngineEvent, type EngineInfo } from '../engine.ts';
import { type ChunkLog, newChunkLog } from './chunk-log.ts';
import { argvOf, type FakeContainer, newFakeContainer } from './fake-container.ts';
import { imageMethods } from './fake-image-methods.ts';
import { newFakeImages, readTar, writeTar } from './fake-images.ts';
import { type FakeProgram, fakePause, fakeShell } from './fake-process.ts';

/** FakeEngineOptions: programs by the name of the executable; `sh` and `pause` are there already. */
export interface FakeEngineOptions {
  readonly programs?: Readonly<Record<string, FakeProgram>>;
}

/** FakeEngine is an Engine in memory, with handles for tests. */
export interface FakeEngine extends Engine {
  /** container finds a container by id or name. */
  container(idOrName: string): FakeContainer;
  containers(): readonly FakeContainer[];
  /** restartDaemon ends every container's process, as a restart of dockerd without live-restore. */
  restartDaemon(): void;
  /** failNext makes the next call of a method throw. */
  failNext(method: keyof Engine, error: EngineError): void;
}

const INFO: EngineInfo = {
  version: '20.10.24',
  apiVersion: '1.41',
  cgroupVersion: '2',
  cgroupDriver: 'cgroupfs',
  storageDriver: 'overlay2',
  cpus: 4,
  memoryBytes: 8 * 2 ** 30,
  kernelVersion: '6.1.0',
  operatingSystem: 'Fake GNU/Linux',
  architecture: 'x86_64',
  rootDirectory: '/var/lib/docker',
};

function bothWays(log: ChunkLog, stdin: PassThrough | undefined, onClose: () => void) {
  return {
    stdin,
    output: log.read({ follow: true, timestamps: false }),
    close() {
      log.end();
      onClose();
    },
  };
}

/** newFakeEngine is an engine without images or containers. It passes the engine contract. */
export function newFakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const programs: Record<string, FakeProgram> = { pause: fakePause, ...options.programs };
  const images = newFakeImages();
  const containers = new Map<string, FakeContainer>();
  const listeners = new Set<(event: EngineEvent) => void>();
  const failures = new Map<keyof Engine, EngineError>();
  let nextPid = 1000;

  function find(idOrName: string): FakeContainer | undefined {
    return (
      containers.get(idOrName) ?? [...containers.values()].find((one) => one.name === idOrName)
    );
  }

  function container(idOrName: string): FakeContainer {
    const found = find(idOrName);
    if (found === undefined) throw new EngineError(404, `No such container: ${idOrName}`);
    return found;
  }

  function programFor(argv: readonly string[]): FakeProgram {
    return programs[argv[0]?.split('/').at(-1) ?? ''] ?? fakeShell;
  }

  function emitterOf(id: string, labels: Readonly<Record<string, string>>) {
    return (action: EngineEvent['action'], exitCode?: number): void => {
      const event = { action, containerId: id, labels, exitCode, timeMs: Date.now() };
      for (const listener of listeners) listener(event);
    };
  }

  function has(labels: Readonly<Record<string, string>>, wanted: readonly string[]): boolean {
    return wanted.every((one) => {
      const [key = '', value] = one.split('=');
      return value === undefined ? key in labels : labels[key] === value;
    });
  }

  async function* events(filter: Parameters<Engine['events']>[0]): AsyncIterable<EngineEvent> {
    const queue: EngineEvent[] = [];
    let wake: () => void = () => undefined;
    const listener = (event: EngineEvent): void => {
      if (has(event.labels, filter.labels)) queue.push(event);
      wake();
    };
    listeners.add(listener);
    filter.signal.addEventListener('abort', () => wake());
    try {
      while (!filter.signal.aborted) {
        const event = queue.shift();
        if (event !== undefined) yield event;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      listeners.delete(listener);
    }
  }

  const engine: Engine = {
    info: async () => INFO,

    async createContainer(name, config) {
      const stored = images.find(config.image);
      if (stored === undefined) throw new EngineError(404, `No such image: ${config.image}`);
      const taken = find(name);
      if (taken !== undefined) {
        throw new EngineError(
          409,
          `Conflict. The container name "/${name}" is already in use by container "${taken.id}".`,
        );
      }
      const id = randomBytes(32).toString('hex');
      nextPid += 1;
      const emit = emitterOf(id, config.labels ?? {});
      containers.set(
        id,
        newFakeContainer({
          id,
          pid: nextPid,
          name,
          config,
          image: stored.info,
          files: new Map(stored.files),
          emit,
        }),
      );
      emit('create');
      return id;
    },

    async startContainer(id) {
      const target = container(id);
      const peer = /^container:(.*)$/.exec(target.config.networkMode ?? '')?.[1];
      if (peer !== undefined && find(peer)?.state().status !== 'running') {
        throw new EngineError(409, `cannot join network of a non running container: ${peer}`);
      }
      target.start(programFor(argvOf(target.config, target.image)));
    },

    async stopContainer(id, graceSeconds) {
      const target = find(id);
      if (target?.state().status !== 'running') return;
      target.signal('SIGTERM');
      const timer = setTimeout(() => target.signal('SIGKILL'), graceSeconds * 1000);
      await target.ended;
      clearTimeout(timer);
    },

    async killContainer(id, signal) {
      const target = container(id);
      if (target.state().status !== 'running') {
        throw new EngineError(409, `Cannot kill container: ${id}: Container ${id} is not running`);
      }
      target.signal(signal);
    },

    async removeContainer(id) {
      const target = find(id);
      if (target === undefined) return;
      target.finish(137);
      containers.delete(target.id);
      emitterOf(target.id, target.config.labels ?? {})('destroy');
    },

    inspectContainer: async (id) => find(id)?.state(),

    async listContainers(labels) {
      const wanted = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
      return [...containers.values()]
        .map((one) => one.state())
        .filter((state) => has(state.labels, wanted))
        .map(({ id, name, imageId, labels: own, status }) => ({
          id,
          name,
          imageId,
          labels: own,
          status,
        }));
    },

    waitContainer: (id) => container(id).ended,
    resizeContainer: async (id) => void container(id),

    async attach(id, { stdin }) {
      const target = container(id);
      const output = target.log.read({ follow: true, timestamps: false });
      return {
        stdin: stdin ? target.stdin : undefined,
        output,
        close: () => void target.stdin.end(),
      };
    },

    logs: async (id, logOptions) => container(id).log.read(logOptions),

    async exec(id, execOptions) {
      const target = container(id);
      if (target.state().status !== 'running') {
        throw new EngineError(409, `Container ${id} is not running`);
      }
      const log = newChunkLog();
      const stdin = new PassThrough();
      const abort = new AbortController();
      const code = programFor(execOptions.command)({
        argv: execOptions.command,
        env: {},
        stdin,
        files: target.files,
        signal: abort.signal,
        write: (stream, text) => log.append(stream, text),
      }).finally(() => log.end());
      return {
        ...bothWays(log, execOptions.stdin ? stdin : undefined, () => abort.abort('SIGKILL')),
        resize: async () => undefined,
        exitCode: () => code,
      };
    },

    async putArchive(id, path, tar) {
      const target = container(id);
      for (const [name, content] of await readTar(tar, path)) target.files.set(name, content);
    },

    async getArchive(id, path) {
      const name = path.split('/').at(-1) ?? '';
      const parent = path.slice(0, path.length - name.length);
      const { files } = container(id);
      const found = [...files].filter(([file]) => file === path || file.startsWith(`${path}/`));
      if (found.length === 0) {
        throw new EngineError(404, `Could not find the file ${path} in container ${id}`);
      }
      return writeTar(found.map(([file, content]) => [file.slice(parent.length), content]));
    },

    async commit(id, { repository, tag, config }) {
      const { image, config: own, files } = container(id);
      const inherited = { ...image.config, env: [...(image.config.env ?? []), ...(own.env ?? [])] };
      return images.add(`${repository}:${tag}`, { ...inherited, ...config }, new Map(files));
    },

    ...imageMethods(images),
    events,
    close: async () => undefined,
  };

  const fake: FakeEngine = {
    ...engine,
    container,
    containers: () => [...containers.values()],
    restartDaemon() {
      for (const one of containers.values()) one.finish(255);
    },
    failNext: (method, error) => void failures.set(method, error),
  };
  return failing(fake, failures);
}

/** failing wraps every method so that a planned failure is thrown once instead of the call. */
function failing(engine: FakeEngine, failures: Map<keyof Engine, EngineError>): FakeEngine {
  return new Proxy(engine, {
    get(target, property: keyof Engine) {
      const failure = failures.get(property);
      if (failure === undefined) return target[property];
      failures.delete(property);
      return () => Promise.reject(failure);
    },
  });
}
