import type { EngineEvent } from '../engine.ts';
import type { Connection } from './connection.ts';
import { untilAborted } from './demultiplex.ts';
import { jsonLines } from './json-lines.ts';

interface WireEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Record<string, string> };
  readonly timeNano: number;
}

const ACTIONS: ReadonlySet<string> = new Set([
  'create',
  'start',
  'die',
  'oom',
  'destroy',
  'kill',
  'stop',
]);

function eventOf(wire: WireEvent): EngineEvent {
  const { exitCode } = wire.Actor.Attributes;
  return {
    action: (ACTIONS.has(wire.Action) ? wire.Action : 'other') as EngineEvent['action'],
    containerId: wire.Actor.ID,
    labels: wire.Actor.Attributes,
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    timeMs: wire.timeNano / 1e6,
  };
}

/** containerEvents follows what happens to containers with the labels until the signal aborts. */
export async function* containerEvents(
  connection: Connection,
  options: { labels: readonly string[]; sinceMs?: number; signal: AbortSignal },
): AsyncIterable<EngineEvent> {
  const response = await connection.open({
    method: 'GET',
    path: '/events',
    query: {
      since: options.sinceMs === undefined ? undefined : (options.sinceMs / 1000).toFixed(9),
      filters: JSON.stringify({ type: ['container'], label: options.labels }),
    },
    signal: options.signal,
  });
  const lines = jsonLines<WireEvent>(untilAborted(response, () => options.signal.aborted));
  for await (const line of lines) yield eventOf(line);
}
