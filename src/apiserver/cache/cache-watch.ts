import { apiVersionOf, type ResourceType } from '../../machinery/object.ts';
import { objectPayload } from '../output/payload.ts';
import { type CacheEvent, WatchMessage } from './cache-event.ts';
import type { Entry } from './entry.ts';
import { GradualSink } from './gradual-start.ts';
import type { MessageSink, WatchSource } from './message-sink.ts';
import type { CacheWatcher, ResourceCache } from './resource-cache.ts';

/** CacheWatchOptions says which events of a cache a watch gets. */
export interface CacheWatchOptions {
  readonly matches: (entry: Entry) => boolean;
  /** The events after this revision. */
  readonly afterRevision: number;
  /** Entries to begin with as ADDED where they match, before any event. */
  readonly initial: readonly Entry[];
  /** Send a bookmark that marks the end of the initial entries. */
  readonly markInitialEnd: boolean;
  /** Called when what there was has been sent. */
  readonly onInitialEnd?: (() => void) | undefined;
  readonly bookmarks: boolean;
  /** The revision that the initial entries show. */
  readonly revision: number;
}

/** INITIAL_EVENTS_END is the annotation of the bookmark that ends the initial events. */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** bookmarkMessage is a BOOKMARK: an object that has nothing but its resourceVersion. */
function bookmarkMessage(
  type: ResourceType,
  revision: number,
  annotations?: Readonly<Record<string, string>>,
): WatchMessage {
  const metadata = {
    resourceVersion: String(revision),
    creationTimestamp: null,
    ...(annotations ? { annotations } : {}),
  };
  const object = { kind: type.kind, apiVersion: apiVersionOf(type), metadata };
  return new WatchMessage('BOOKMARK', objectPayload(object));
}

/** AT_ONCE is how many initial entries are sent in one turn of the event loop. */
const AT_ONCE = 100;

/** cacheWatch watches a cache. The caller has checked that the history reaches back far enough. */
export function cacheWatch(cache: ResourceCache, options: CacheWatchOptions): WatchSource {
  const mark = options.markInitialEnd
    ? bookmarkMessage(cache.type, options.revision, { [INITIAL_EVENTS_END]: 'true' })
    : undefined;
  return {
    open(sink) {
      if (options.initial.length > AT_ONCE) return openGradually(cache, options, { sink, mark });
      for (const entry of options.initial) {
        if (options.matches(entry)) sink.send(new WatchMessage('ADDED', entry));
      }
      if (mark) sink.send(mark);
      options.onInitialEnd?.();
      return openEvents(cache, options, sink);
    },
  };
}

function openGradually(
  cache: ResourceCache,
  options: CacheWatchOptions,
  to: { readonly sink: MessageSink; readonly mark: WatchMessage | undefined },
): () => void {
  const gradual = new GradualSink(to.sink);
  const close = openEvents(cache, options, gradual);
  gradual.start({ ...options, mark: to.mark }).catch((error: unknown) => {
    cache.onWatcherError(error);
    close();
    gradual.end();
  });
  return () => {
    gradual.stop();
    close();
  };
}

/** openEvents begins with the events since the revision; the answer ends the watch. */
function openEvents(
  cache: ResourceCache,
  options: CacheWatchOptions,
  sink: MessageSink,
): () => void {
  const events = cache.eventsSince(options.afterRevision);
  if (events === undefined) {
    sink.end();
    return () => undefined;
  }
  const watcher = watcherOf(cache, options, sink);
  for (const event of events) watcher.onEvent(event);
  cache.watchers.add(watcher);
  return () => cache.watchers.delete(watcher);
}

function watcherOf(
  cache: ResourceCache,
  options: CacheWatchOptions,
  sink: MessageSink,
): CacheWatcher {
  const { matches, bookmarks } = options;
  let last = options.afterRevision;
  const watcher: CacheWatcher = {
    onEvent(event: CacheEvent) {
      if (event.revision <= options.afterRevision) return;
      last = event.revision;
      const before = event.previous !== undefined && matches(event.previous);
      const now = event.current !== undefined && matches(event.current);
      const message = event.message(before, now);
      if (message) sink.send(message);
    },
    onBookmark(revision) {
      if (!bookmarks || revision < last) return;
      sink.send(bookmarkMessage(cache.type, revision));
    },
    onReset() {
      cache.watchers.delete(watcher);
      sink.end();
    },
  };
  return watcher;
}

/** timedWatch ends a watch after a while. */
export function timedWatch(source: WatchSource, timeoutMs: number, timer: SetTimer): WatchSource {
  return {
    open(sink) {
      let cancel: () => void = () => undefined;
      const close = source.open({
        send: (message) => sink.send(message),
        taken: () => sink.taken?.(),
        end() {
          cancel();
          sink.end();
        },
      });
      cancel = timer(timeoutMs, () => {
        close();
        sink.end();
      });
      return () => {
        cancel();
        close();
      };
    },
  };
}

/** SetTimer calls back once after a while; the answer cancels it. */
export type SetTimer = (ms: number, callback: () => void) => () => void;
