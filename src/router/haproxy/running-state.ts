import type { Backend, Layout } from '../plan/layout.ts';
import { MAP_NAMES, type MapName, type RouteMaps } from '../plan/maps.ts';
import { type RunningState, slotName } from '../plan/runtime-commands.ts';
import type { WeightedServer } from '../plan/weights.ts';
import { ask } from './runtime-socket.ts';

/** Bits of `srv_admin_state` that mean maintenance: forced, or by configuration. */
const MAINTENANCE = 0x01 | 0x04;

/** ProcessInfo is what a worker says of itself. */
export interface ProcessInfo {
  readonly pid: number;
  readonly id: string;
}

/** readInfo asks who answers at a socket; undefined when nobody does. */
export async function readInfo(socket: string): Promise<ProcessInfo | undefined> {
  let text: string;
  try {
    text = await ask(socket, 'show info');
  } catch {
    return undefined;
  }
  const pid = Number(/^Pid: (\d+)$/m.exec(text)?.[1]);
  const id = /^description: (\S+)$/m.exec(text)?.[1];
  return id === undefined || Number.isNaN(pid) ? undefined : { pid, id };
}

/** readRunningState asks HAProxy what it serves; `layout` and `known` say which backends and maps
 * it was given. */
export async function readRunningState(
  socket: string,
  layout: Layout,
  known: ReadonlyMap<MapName, string>,
): Promise<RunningState> {
  const servers = parseServers(await ask(socket, 'show servers state'));
  const maps: Record<MapName, ReadonlyMap<string, string>> = {
    http: new Map(),
    https: new Map(),
    redirect: new Map(),
  };
  for (const [name, path] of known) maps[name] = parseMap(await ask(socket, `show map ${path}`));
  const owners = ownersOf(maps);
  const backends = layout.backends.map((backend): Backend => {
    const slots = backend.slots.map((_, index) =>
      servers.get(`${backend.name}/${slotName(index)}`),
    );
    return { ...backend, owner: owners.get(backend.name), slots };
  });
  return { layout: { ...layout, backends }, maps };
}

function ownersOf(maps: RouteMaps): ReadonlyMap<string, string> {
  const owners = new Map<string, string>();
  for (const name of MAP_NAMES) {
    for (const [entry, backend] of maps[name]) owners.set(backend, entry);
  }
  return owners;
}

/** parseServers reads `show servers state`: the servers that take requests, by `backend/server`. */
export function parseServers(text: string): ReadonlyMap<string, WeightedServer> {
  const servers = new Map<string, WeightedServer>();
  const lines = text.split('\n');
  const header =
    lines
      .find((line) => line.startsWith('# '))
      ?.slice(2)
      .split(' ') ?? [];
  const column = (name: string) => header.indexOf(name);
  for (const line of lines) {
    if (!/^\d+ /.test(line)) continue;
    const cells = line.split(' ');
    const cell = (name: string) => cells[column(name)] ?? '';
    if ((Number(cell('srv_admin_state')) & MAINTENANCE) !== 0) continue;
    servers.set(`${cell('be_name')}/${cell('srv_name')}`, {
      address: `${cell('srv_addr')}:${cell('srv_port')}`,
      weight: Number(cell('srv_uweight')),
    });
  }
  return servers;
}

/** parseMap reads `show map`: lines of a pointer, a key and a value. */
export function parseMap(text: string): ReadonlyMap<string, string> {
  const entries = text.split('\n').map((line) => line.split(' '));
  return new Map(
    entries.flatMap(([pointer = '', key = '', value = '']): [string, string][] =>
      pointer.startsWith('0x') && value !== '' ? [[key, value]] : [],
    ),
  );
}
