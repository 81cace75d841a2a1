import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ContainerConfig } from '../../engine/engine.ts';
import type { BuildSession } from '../build-session.ts';

/** ContainerRun is one run of a container of the build. */
export interface ContainerRun {
  readonly name: string;
  readonly config: ContainerConfig;
  readonly stdin?: Readable;
  onStdout(data: Uint8Array): void;
  onStderr(data: Uint8Array): void;
  /** Runs after the container was created and before it starts. */
  prepare?(container: string): Promise<void>;
}

/** RunResult is how a container ended; it still exists. */
export interface RunResult {
  readonly container: string;
  readonly exitCode: number;
  readonly oomKilled: boolean;
}

function limited(session: BuildSession, config: ContainerConfig): ContainerConfig {
  const { memoryBytes, cpuQuotaMicros } = session.caps;
  return {
    ...config,
    networkMode: session.networkMode,
    binds: [...session.binds, ...(config.binds ?? [])],
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(cpuQuotaMicros === undefined ? {} : { cpuQuotaMicros, cpuPeriodMicros: 100_000 }),
  };
}

async function feed(stdin: Readable | undefined, target: NodeJS.WritableStream | undefined) {
  if (stdin === undefined || target === undefined) return;
  try {
    await pipeline(stdin, target);
  } catch (error) {
    // A container that ends before it read everything says so by its exit code.
    if (
      stdin.errored &&
      (stdin.errored as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE'
    ) {
      throw error;
    }
  }
}

/**
 * withContainer runs a container on the build's network and within its caps to its end, then
 * `use`s it, and removes it whatever happens. A cancelled build kills it and throws the reason.
 */
export async function withContainer<T>(
  session: BuildSession,
  run: ContainerRun,
  use: (result: RunResult) => Promise<T>,
): Promise<T> {
  const { engine, signal } = session;
  signal.throwIfAborted();
  // A container of that name can only be one that a killed build left behind.
  await engine.removeContainer(run.name);
  const openStdin = run.stdin !== undefined;
  const config = limited(session, { ...run.config, openStdin, stdinOnce: openStdin });
  const container = await engine.createContainer(run.name, config);
  const kill = () => void engine.killContainer(container, 'SIGKILL').catch(() => undefined);
  signal.addEventListener('abort', kill);
  try {
    await run.prepare?.(container);
    const streams = await engine.attach(container, { stdin: openStdin, tty: false });
    await engine.startContainer(container);
    const fed = feed(run.stdin, streams.stdin);
    fed.catch(kill);
    for await (const { stream, data } of streams.output) {
      if (stream === 'stdout') run.onStdout(data);
      else run.onStderr(data);
    }
    const exitCode = await engine.waitContainer(container);
    signal.throwIfAborted();
    await fed;
    const state = await engine.inspectContainer(container);
    return await use({ container, exitCode, oomKilled: state?.oomKilled ?? false });
  } finally {
    signal.removeEventListener('abort', kill);
    await engine.removeContainer(container);
  }
}
