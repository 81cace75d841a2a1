import type { StoreEvent } from '../store.ts';
import type { PendingLog } from './pending-log.ts';
import type { Tables } from './tables.ts';

/** loggedEvents reads the events after a revision up to another one, from what is pending or the tables. */
export function loggedEvents(
  from: { readonly tables: Tables; readonly pending: PendingLog },
  after: number,
  last: number,
): StoreEvent[] {
  const { tables, pending } = from;
  const events: StoreEvent[] = [];
  for (let revision = after + 1; revision <= last; revision += 1) {
    events.push(pending.at(revision)?.event ?? tables.versions.event(revision));
  }
  return events;
}
