import type { Engine, EngineInfo } from '../engine.ts';
import { type Connection, newConnection } from './connection.ts';
import { containerCalls } from './containers.ts';
import { containerEvents } from './events.ts';
import { imageCalls } from './images.ts';
import { streamCalls } from './streams.ts';

/** DEFAULT_SOCKET is where dockerd listens unless told otherwise. */
const DEFAULT_SOCKET = '/var/run/docker.sock';

interface WireInfo {
  readonly ServerVersion: string;
  readonly CgroupVersion?: string;
  readonly CgroupDriver: string;
  readonly Driver: string;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly KernelVersion: string;
  readonly OperatingSystem: string;
  readonly Architecture: string;
  readonly DockerRootDir: string;
}

async function engineInfo(connection: Connection): Promise<EngineInfo> {
  const [wire, version] = await Promise.all([
    connection.json<WireInfo>({ method: 'GET', path: '/info' }),
    connection.json<{ ApiVersion: string }>({ method: 'GET', path: '/version' }),
  ]);
  return {
    version: wire.ServerVersion,
    apiVersion: version.ApiVersion,
    cgroupVersion: wire.CgroupVersion === '2' ? '2' : '1',
    cgroupDriver: wire.CgroupDriver,
    storageDriver: wire.Driver,
    cpus: wire.NCPU,
    memoryBytes: wire.MemTotal,
    kernelVersion: wire.KernelVersion,
    operatingSystem: wire.OperatingSystem,
    architecture: wire.Architecture,
    rootDirectory: wire.DockerRootDir,
  };
}

/**
 * newDockerEngine drives a Docker Engine 20.10 or newer over its unix socket. It connects with
 * the first call; a daemon that is away makes every call fail with EngineError status 0.
 */
export function newDockerEngine(options: { readonly socketPath?: string } = {}): Engine {
  const connection = newConnection(options.socketPath ?? DEFAULT_SOCKET);
  return {
    info: () => engineInfo(connection),
    ...containerCalls(connection),
    ...streamCalls(connection),
    ...imageCalls(connection),
    events: (filter) => containerEvents(connection, filter),
    close: async () => connection.close(),
  };
}
