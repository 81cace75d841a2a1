import type { Readable, Writable } from 'node:stream';

/**
 * Engine is the contract of container engines: the small part of the Docker Engine API (v1.41,
 * Docker 20.10 and newer) that Sampan drives. `docker/` implements it over the engine's socket,
 * `fake/` in memory; both pass one contract suite. Failures are EngineErrors.
 */
export interface Engine {
  info(): Promise<EngineInfo>;
  /** createContainer answers the id. The image must be present: EngineError 404 otherwise. */
  createContainer(name: string, config: ContainerConfig): Promise<string>;
  startContainer(id: string): Promise<void>;
  /** stopContainer sends the stop signal, then SIGKILL after `graceSeconds`. No error if it is not running. */
  stopContainer(id: string, graceSeconds: number): Promise<void>;
  killContainer(id: string, signal: string): Promise<void>;
  /** removeContainer forces; no error if it is gone. */
  removeContainer(id: string): Promise<void>;
  inspectContainer(id: string): Promise<ContainerState | undefined>;
  /** listContainers answers running and stopped ones that carry all the labels. */
  listContainers(labels: Readonly<Record<string, string>>): Promise<readonly ContainerSummary[]>;
  /** waitContainer resolves with the exit code when the container stops. */
  waitContainer(id: string): Promise<number>;
  /** attach connects to a container's streams; begin it before start to miss nothing. */
  attach(id: string, options: { stdin: boolean; tty: boolean }): Promise<AttachedStreams>;
  /** resizeContainer sets the size of a container's terminal. */
  resizeContainer(id: string, columns: number, rows: number): Promise<void>;
  logs(id: string, options: LogOptions): Promise<AsyncIterable<LogChunk>>;
  exec(id: string, options: ExecOptions): Promise<ExecSession>;
  /** putArchive unpacks a tar stream into a directory of a container. */
  putArchive(id: string, path: string, tar: Readable): Promise<void>;
  /** getArchive answers a tar stream of a path of a container. */
  getArchive(id: string, path: string): Promise<Readable>;
  /** commit makes an image of a container's file system with the given configuration; answers its id. */
  commit(
    id: string,
    image: { repository: string; tag: string; config: ImageConfig; comment?: string },
  ): Promise<string>;

  inspectImage(reference: string): Promise<ImageInfo | undefined>;
  listImages(labels?: Readonly<Record<string, string>>): Promise<readonly ImageInfo[]>;
  /** pull resolves with the image when it is complete. */
  pull(reference: string, options?: TransferOptions): Promise<ImageInfo>;
  /** push answers the digest of the pushed manifest. */
  push(
    reference: string,
    options?: TransferOptions,
  ): Promise<{ digest: string; sizeBytes: number }>;
  tag(reference: string, repository: string, tag: string): Promise<void>;
  removeImage(reference: string, options?: { force?: boolean }): Promise<void>;
  /** importImage makes an image of one layer from a tar stream of a file system. */
  importImage(reference: string, rootfs: Readable, changes: readonly string[]): Promise<string>;
  /** build runs a Dockerfile; `context` is a tar stream. Answers the image id. */
  build(context: Readable, options: BuildOptions): Promise<string>;
  /** save streams images as a `docker save` tar. */
  save(references: readonly string[]): Promise<Readable>;
  load(archive: Readable): Promise<void>;

  /** events streams what happens to containers that carry a label, from now on or from a time on. */
  events(options: {
    labels: readonly string[];
    sinceMs?: number;
    signal: AbortSignal;
  }): AsyncIterable<EngineEvent>;
  close(): Promise<void>;
}

/** EngineInfo describes the engine and the machine that it runs on. */
export interface EngineInfo {
  readonly version: string;
  readonly apiVersion: string;
  readonly cgroupVersion: '1' | '2';
  readonly cgroupDriver: string;
  readonly storageDriver: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly kernelVersion: string;
  readonly operatingSystem: string;
  readonly architecture: string;
  readonly rootDirectory: string;
}

/** ContainerConfig is what a container is created from. Absent fields are the image's or the engine's. */
export interface ContainerConfig {
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly env?: readonly string[];
  readonly workingDir?: string;
  readonly user?: string;
  readonly hostname?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  readonly openStdin?: boolean;
  readonly stdinOnce?: boolean;
  readonly stopSignal?: string;
  /** `none`, `host`, `bridge` or `container:ID`. */
  readonly networkMode?: string;
  readonly ipcMode?: string;
  readonly pidMode?: string;
  readonly utsMode?: string;
  /** `SOURCE:TARGET[:ro][,rslave…]`. */
  readonly binds?: readonly string[];
  readonly tmpfs?: Readonly<Record<string, string>>;
  readonly extraHosts?: readonly string[];
  readonly dns?: readonly string[];
  readonly dnsSearch?: readonly string[];
  readonly dnsOptions?: readonly string[];
  readonly groupAdd?: readonly string[];
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  readonly privileged?: boolean;
  readonly readonlyRootfs?: boolean;
  readonly securityOpt?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
  readonly cpuShares?: number;
  readonly cpuQuotaMicros?: number;
  readonly cpuPeriodMicros?: number;
  readonly pidsLimit?: number;
  readonly oomScoreAdj?: number;
  readonly devices?: readonly { hostPath: string; containerPath: string; permissions: string }[];
  readonly shmSizeBytes?: number;
  /** `none` turns off the image's own health check. */
  readonly healthcheck?: 'none';
  /** Logs are kept as files of at most this size, so many of them. Default: the engine's. */
  readonly logRotation?: { readonly maxSizeBytes: number; readonly maxFiles: number };
}

/** ContainerState is what the engine knows of one container. */
export interface ContainerState {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  /** The reference that it was created from. */
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** 0 when not running. */
  readonly pid: number;
  readonly exitCode: number;
  readonly oomKilled: boolean;
  readonly error: string;
  readonly createdAt: string;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly tty: boolean;
  readonly logPath: string | undefined;
}

/** ContainerSummary is one row of a list. */
export interface ContainerSummary {
  readonly id: string;
  readonly name: string;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: ContainerState['status'];
}

/** ImageConfig is the part of an image that says how to run it. */
export interface ImageConfig {
  readonly env?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workingDir?: string;
  readonly exposedPorts?: readonly string[];
  readonly volumes?: readonly string[];
  readonly onBuild?: readonly string[];
  readonly stopSignal?: string;
}

/** ImageInfo is an image that the engine has. */
export interface ImageInfo {
  readonly id: string;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly createdAt: string;
  readonly sizeBytes: number;
  readonly architecture: string;
  readonly os: string;
  readonly author: string;
  readonly config: ImageConfig;
}

/** TransferOptions are credentials and progress of a pull or push. */
export interface TransferOptions {
  readonly auth?: {
    readonly username: string;
    readonly password: string;
    readonly serverAddress: string;
  };
  onProgress?(line: {
    id: string | undefined;
    status: string;
    currentBytes?: number;
    totalBytes?: number;
  }): void;
  readonly signal?: AbortSignal;
}

/** BuildOptions of a Dockerfile build. */
export interface BuildOptions {
  readonly dockerfile?: string;
  readonly tags: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly noCache?: boolean;
  readonly networkMode?: string;
  readonly memoryBytes?: number;
  readonly cpuQuotaMicros?: number;
  readonly auths?: Readonly<Record<string, { username: string; password: string }>>;
  onOutput?(text: string): void;
  readonly signal?: AbortSignal;
}

/** LogOptions select what part of a container's log is read. */
export interface LogOptions {
  readonly follow: boolean;
  readonly tailLines?: number;
  readonly sinceMs?: number;
  readonly timestamps: boolean;
  readonly signal?: AbortSignal;
}

/** LogChunk is a piece of one of the two output streams. */
export interface LogChunk {
  readonly stream: 'stdout' | 'stderr';
  readonly data: Uint8Array;
}

/**
 * AttachedStreams: stdin is absent when not asked for; ending it half-closes the connection. With
 * a tty everything is stdout.
 */
export interface AttachedStreams {
  readonly stdin: Writable | undefined;
  readonly output: AsyncIterable<LogChunk>;
  close(): void;
}

/** ExecOptions start a process in a running container. */
export interface ExecOptions {
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** ExecSession is a running exec. */
export interface ExecSession extends AttachedStreams {
  resize(columns: number, rows: number): Promise<void>;
  /** exitCode resolves when the process has ended and the output was read to its end. */
  exitCode(): Promise<number>;
}

/** EngineEvent is one thing that happened to a container. */
export interface EngineEvent {
  readonly action: 'create' | 'start' | 'die' | 'oom' | 'destroy' | 'kill' | 'stop' | 'other';
  readonly containerId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly exitCode: number | undefined;
  readonly timeMs: number;
}

/** EngineError is a failure that the engine answered (`statusCode`) or its absence (0). */
export class EngineError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EngineError';
    this.statusCode = statusCode;
  }
}
