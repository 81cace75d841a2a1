import type { ContainerConfig, ContainerState, ContainerSummary } from '../engine.ts';
import { EngineError } from '../engine.ts';
import type { Connection, EngineRequest } from './connection.ts';
import { createBody } from './container-body.ts';

interface WireContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Created: string;
  readonly Image: string;
  readonly LogPath: string;
  readonly Config: {
    readonly Image: string;
    readonly Tty: boolean;
    readonly Labels: Record<string, string> | null;
  };
  readonly State: {
    readonly Status: ContainerState['status'];
    readonly Pid: number;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
  };
}

interface WireSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly ImageID: string;
  readonly Labels: Record<string, string> | null;
  readonly State: ContainerSummary['status'];
}

function timeOrUndefined(text: string): string | undefined {
  return text.startsWith('0001-') || text === '' ? undefined : text;
}

function stateOf(wire: WireContainer): ContainerState {
  return {
    id: wire.Id,
    name: wire.Name.replace(/^\//, ''),
    imageId: wire.Image,
    image: wire.Config.Image,
    labels: wire.Config.Labels ?? {},
    status: wire.State.Status,
    pid: wire.State.Pid,
    exitCode: wire.State.ExitCode,
    oomKilled: wire.State.OOMKilled,
    error: wire.State.Error,
    createdAt: wire.Created,
    startedAt: timeOrUndefined(wire.State.StartedAt),
    finishedAt: timeOrUndefined(wire.State.FinishedAt),
    tty: wire.Config.Tty,
    logPath: wire.LogPath === '' ? undefined : wire.LogPath,
  };
}

function summaryOf(wire: WireSummary): ContainerSummary {
  return {
    id: wire.Id,
    name: (wire.Names[0] ?? '').replace(/^\//, ''),
    imageId: wire.ImageID,
    labels: wire.Labels ?? {},
    status: wire.State,
  };
}

/** labelFilter spells labels as the engine's `filters` parameter takes them. */
export function labelFilter(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify({ label: Object.entries(labels).map(([key, value]) => `${key}=${value}`) });
}

/** isStatus tells whether the engine answered one of some status codes. */
export function isStatus(error: unknown, ...codes: readonly number[]): boolean {
  return error instanceof EngineError && codes.includes(error.statusCode);
}

/** containerCalls is the part of the engine that is about the life of containers. */
export function containerCalls(connection: Connection) {
  async function unless(codes: readonly number[], request: EngineRequest): Promise<void> {
    try {
      await connection.json(request);
    } catch (error) {
      if (!isStatus(error, ...codes)) throw error;
    }
  }

  return {
    async createContainer(name: string, config: ContainerConfig): Promise<string> {
      const { Id } = await connection.json<{ Id: string }>({
        method: 'POST',
        path: '/containers/create',
        query: { name },
        body: createBody(config),
      });
      return Id;
    },

    startContainer: (id: string): Promise<void> =>
      connection.json({ method: 'POST', path: `/containers/${id}/start` }),

    stopContainer: (id: string, graceSeconds: number): Promise<void> =>
      unless([304, 404], {
        method: 'POST',
        path: `/containers/${id}/stop`,
        query: { t: String(graceSeconds) },
      }),

    killContainer: (id: string, signal: string): Promise<void> =>
      connection.json({ method: 'POST', path: `/containers/${id}/kill`, query: { signal } }),

    // 409: somebody is removing it already.
    removeContainer: (id: string): Promise<void> =>
      unless([404, 409], {
        method: 'DELETE',
        path: `/containers/${id}`,
        query: { force: '1', v: '1' },
      }),

    async inspectContainer(id: string): Promise<ContainerState | undefined> {
      try {
        const path = `/containers/${id}/json`;
        return stateOf(await connection.json<WireContainer>({ method: 'GET', path }));
      } catch (error) {
        if (isStatus(error, 404)) return undefined;
        throw error;
      }
    },

    async listContainers(
      labels: Readonly<Record<string, string>>,
    ): Promise<readonly ContainerSummary[]> {
      const rows = await connection.json<readonly WireSummary[]>({
        method: 'GET',
        path: '/containers/json',
        query: { all: '1', filters: labelFilter(labels) },
      });
      return rows.map(summaryOf);
    },

    async waitContainer(id: string): Promise<number> {
      const { StatusCode } = await connection.json<{ StatusCode: number }>({
        method: 'POST',
        path: `/containers/${id}/wait`,
      });
      return StatusCode;
    },

    resizeContainer: (id: string, columns: number, rows: number): Promise<void> =>
      connection.json({
        method: 'POST',
        path: `/containers/${id}/resize`,
        query: { w: String(columns), h: String(rows) },
      }),
  };
}
