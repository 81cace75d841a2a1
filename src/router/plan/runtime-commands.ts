import type { Backend, Layout } from './layout.ts';
import type { MapName, RouteMaps } from './maps.ts';
import type { WeightedServer } from './weights.ts';

/** RunningState is what a HAProxy serves. */
export interface RunningState {
  readonly layout: Layout;
  readonly maps: RouteMaps;
}

/**
 * runtimeCommands are what to say to HAProxy's socket to bring it from one state to another with
 * the same backends; `maps` are the paths of the maps that it knows. New servers come before the entries that lead to them, servers go after their
 * entries; maintenance lets requests under way end.
 */
export function runtimeCommands(
  before: RunningState,
  after: RunningState,
  maps: ReadonlyMap<MapName, string>,
): readonly string[] {
  const old = new Map(before.layout.backends.map((one) => [one.name, one]));
  const filled: string[] = [];
  const emptied: string[] = [];
  for (const backend of after.layout.backends) {
    collectServers(backend, old.get(backend.name), filled, emptied);
  }
  const entries = [...maps].flatMap(([name, path]) =>
    mapCommands(before.maps[name], after.maps[name], path),
  );
  return [...filled, ...entries, ...emptied];
}

function collectServers(
  after: Backend,
  before: Backend | undefined,
  filled: string[],
  emptied: string[],
): void {
  after.slots.forEach((slot, index) => {
    const previous = before?.slots[index];
    const server = `${after.name}/${slotName(index)}`;
    if (slot === undefined) {
      if (previous !== undefined) emptied.push(`set server ${server} state maint`);
      return;
    }
    filled.push(...serverCommands(server, slot, previous));
  });
}

/** slotName is the name of a backend's server by its slot. */
export function slotName(index: number): string {
  return `s${index + 1}`;
}

function serverCommands(
  server: string,
  slot: WeightedServer,
  previous: WeightedServer | undefined,
): readonly string[] {
  const commands: string[] = [];
  const [address, port] = slot.address.split(':');
  if (slot.address !== previous?.address) {
    commands.push(`set server ${server} addr ${address} port ${port}`);
  }
  if (slot.weight !== previous?.weight) commands.push(`set server ${server} weight ${slot.weight}`);
  if (previous === undefined) commands.push(`set server ${server} state ready`);
  return commands;
}

function mapCommands(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  path: string,
): readonly string[] {
  const commands: string[] = [];
  for (const [entry, backend] of after) {
    const previous = before.get(entry);
    if (previous === undefined) commands.push(`add map ${path} ${entry} ${backend}`);
    else if (previous !== backend) commands.push(`set map ${path} ${entry} ${backend}`);
  }
  for (const entry of before.keys()) {
    if (!after.has(entry)) commands.push(`del map ${path} ${entry}`);
  }
  return commands;
}
