import type { Event } from '../../apis/core/v1/types.ts';
import { EVENTS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { ageOf } from '../../machinery/duration.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { Text } from './describer.ts';

/** eventsOf gets the events about an object; none when the user may not list them. */
export async function eventsOf(object: KubeObject, client: Client): Promise<Event[]> {
  const { name, namespace, uid } = object.metadata;
  const fields = [`involvedObject.name=${name}`, ...(uid ? [`involvedObject.uid=${uid}`] : [])];
  const query = { namespace, fieldSelector: fields.join(',') };
  const { items } = await client.list(EVENTS, query).catch(() => ({ items: [] }));
  return items;
}

function lastSeen({ lastTimestamp, eventTime, firstTimestamp, metadata }: Event): string {
  return lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp ?? '';
}

function interval(event: Event, now: Date): string {
  const first = ageOf(event.eventTime ?? event.firstTimestamp, now);
  const count = event.series?.count ?? event.count ?? 1;
  if (count <= 1) return first;
  return `${ageOf(event.series?.lastObservedTime ?? event.lastTimestamp, now)} (x${count} over ${first})`;
}

/** writeEvents adds the table of events, the oldest first. */
export function writeEvents(events: readonly Event[], now: Date, text: Text): void {
  if (events.length === 0) {
    text.line('Events:\t<none>');
    return;
  }
  text.flush();
  text
    .line('Events:')
    .line('  Type\tReason\tAge\tFrom\tMessage')
    .line('  ----\t------\t----\t----\t-------');
  for (const event of events.toSorted((a, b) => Date.parse(lastSeen(a)) - Date.parse(lastSeen(b))))
    text.line(
      `  ${event.type ?? ''}\t${event.reason ?? ''}\t${interval(event, now)}\t${event.source?.component || (event.reportingComponent ?? '')}\t${(event.message ?? '').trim()}`,
    );
}
