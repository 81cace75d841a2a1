import { newExpired, type StatusError } from '../../machinery/status-error.ts';
import type { SettledValues } from '../../storage/store.ts';
import { WatchMessage } from '../cache/cache-event.ts';
import { cacheWatch } from '../cache/cache-watch.ts';
import type { Entry } from '../cache/entry.ts';
import type { WatchSource } from '../cache/message-sink.ts';
import type { ResourceCache } from '../cache/resource-cache.ts';
import { objectPayload } from '../output/payload.ts';
import type { StorageListOptions } from '../resource-definition.ts';
import { parseRevision } from './list-objects.ts';
import type { StoredResource } from './registry.ts';
import { type Selection, selectionOf } from './selection.ts';

/** watchObjects answers a watch; one that would begin too far back is a single ERROR event. */
export function watchObjects(
  stored: StoredResource,
  options: StorageListOptions,
  namespace: string,
): WatchSource {
  const { cache, registry } = stored;
  const selection = selectionOf(stored, options, namespace);
  const requested = options.resourceVersion === '' ? 0 : parseRevision(options.resourceVersion);
  const fromNow = requested === 0 || options.sendInitialEvents;
  const base = {
    matches: (entry: Entry) => selection.matches(entry),
    bookmarks: options.allowWatchBookmarks,
    markInitialEnd: options.sendInitialEvents && options.allowWatchBookmarks,
  };
  const onInitialEnd = base.markInitialEnd
    ? registry.watchLists.started(stored.definition.type, namespace)
    : undefined;
  const source: WatchSource = {
    open(sink) {
      const { revision, store } = registry.hub;
      const floor = fromNow ? 0 : floorOf(cache, requested, store.settled);
      if (!fromNow && requested < floor) {
        return errorWatch(newTooOld(requested, floor)).open(sink);
      }
      const initial = fromNow && !options.startsEmpty ? candidates(stored, selection) : [];
      const afterRevision = fromNow ? revision : requested;
      return cacheWatch(cache, { ...base, onInitialEnd, initial, afterRevision, revision }).open(
        sink,
      );
    },
  };
  return stored.view ? stored.view.watch(source) : source;
}

/** candidates are the entries among which those are that match. */
function candidates({ cache, definition }: StoredResource, selection: Selection): Entry[] {
  const { namespace, name } = selection;
  if (name === undefined || (namespace === '' && definition.type.namespaced)) {
    return cache.list(namespace);
  }
  const entry = cache.get(namespace, name);
  return entry ? [entry] : [];
}

/** floorOf: the store may have forgotten the objects of events that the history still knows. */
function floorOf(
  cache: ResourceCache,
  requested: number,
  settled: SettledValues | undefined,
): number {
  const next = cache.eventsSince(requested)?.[0];
  const compacted = settled?.compacted ?? 0;
  return next && next.revision <= compacted ? compacted : cache.historyFloor;
}

function newTooOld(requested: number, floor: number): StatusError {
  return newExpired(`too old resource version: ${requested} (${floor})`);
}

/** errorWatch is a watch that has one ERROR event and ends. */
function errorWatch(error: StatusError): WatchSource {
  return {
    open(sink) {
      sink.send(new WatchMessage('ERROR', objectPayload(error.status)));
      sink.end();
      return () => undefined;
    },
  };
}
