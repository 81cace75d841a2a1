import { join } from 'node:path';
import { DATA_FILE } from './before-opening.ts';
import { corruptionOr, type Numbers, openEnvironment } from './environment.ts';
import { KeyIndex } from './key-index.ts';
import { PastStates } from './past-states.ts';
import { newSlotKeeper } from './reader-slot.ts';
import { type Extent, TablesRoom } from './tables-room.ts';
import { Versions } from './versions.ts';

/** Tables is an open LMDB environment and how its tables are read. */
export type Tables = ReturnType<typeof openTables>;

/**
 * openTables opens the environment in a directory.
 *
 * Layout: `log` maps each revision to the change it made, value included; `index` maps each key
 * that exists to its create and newest revision (KeyIndex); `meta` holds figures. So a value is
 * written once, and an older state is the newest one with the log undone.
 */
export function openTables(directory: string, options: { readonly readOnly?: boolean } = {}) {
  const { root, log, keys, meta } = openEnvironment(directory, options.readOnly ?? false);
  const { hold, reading: tried } = newSlotKeeper(root);
  function reading<T>(read: () => T): T {
    try {
      return tried(read);
    } catch (error) {
      throw corruptionOr(directory, error);
    }
  }
  return {
    root,
    room: new TablesRoom(join(directory, DATA_FILE), () => root.getStats() as Extent),
    log,
    index: new KeyIndex(keys, reading),
    meta,
    versions: new Versions(directory, log, reading),
    /** past tells what has changed since past revisions. */
    past: new PastStates((start, limit) => {
      hold();
      return log.getRange(Number.isFinite(limit) ? { start, limit } : { start });
    }),
    /** hold must be called before ranges are read, in the same turn of the event loop. */
    hold,
    /** explained answers an error of a range that was read. */
    explained: (error: unknown): unknown => corruptionOr(directory, error),
    /** number reads a figure; 0 where it was never written. */
    number: (name: Numbers): number => reading(() => meta.get(name)) ?? 0,
  };
}
