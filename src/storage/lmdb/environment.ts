import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import { StoreCorruptError } from '../store.ts';
import { DATA_FILE, demandDescriptors, prepareFiles, prepareNames } from './before-opening.ts';
import { DICTIONARY } from './dictionary.ts';

/** COMPRESSION: values from so many bytes on, which stand in one or more pages of their own. */
const COMPRESSION = { threshold: 600, dictionary: DICTIONARY };

/** Numbers are the figures kept in the table `meta`. */
export type Numbers = 'format' | 'revision' | 'compacted' | 'swept';

/**
 * CORRUPTION are the library's codes for files that are not as it left them: MDB_PAGE_NOTFOUND,
 * MDB_CORRUPTED, MDB_VERSION_MISMATCH, MDB_INVALID.
 */
const CORRUPTION: ReadonlySet<unknown> = new Set([-30797, -30796, -30794, -30793]);

/** corruptionOr answers an error of the library as what it means, and any other as it is. */
export function corruptionOr(directory: string, error: unknown): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  if (!CORRUPTION.has(code)) return error;
  return new StoreCorruptError(directory, `${join(directory, DATA_FILE)}: ${message}`, error);
}

/**
 * MAP_SIZE is how much of the address space is set aside, in bytes; neither memory nor disk. LMDB
 * would go on with a larger map, but threads that then make it larger at the same time can unmap
 * what is not theirs.
 */
const MAP_SIZE = 64 * 2 ** 30;

/**
 * openEnvironment opens the LMDB environment in a directory with its tables. Records of the log are
 * compressed by the library (LZ4): those are told by their first byte, which is not a kind of record.
 * Throws StoreCorruptError for files that cannot be read.
 */
export function openEnvironment(directory: string, readOnly: boolean) {
  const root = openRoot(directory, readOnly);
  try {
    if (!readOnly) prepareNames(directory);
    return {
      root,
      log: root.openDB<Buffer, number>('log', { encoding: 'binary', compression: COMPRESSION }),
      keys: root.openDB<Buffer, string>('index', { encoding: 'binary' }),
      meta: root.openDB<number, Numbers>('meta', { encoding: 'json' }),
    };
  } catch (error) {
    void root.close();
    throw corruptionOr(directory, error);
  }
}

function openRoot(directory: string, readOnly: boolean): RootDatabase<unknown, string> {
  if (readOnly) demandDescriptors();
  else prepareFiles(directory);
  try {
    return open({
      path: directory,
      maxDbs: 4,
      mapSize: MAP_SIZE,
      noSubdir: false,
      readOnly,
      overlappingSync: true,
      // Batches are ours: the library's own ones leave promises behind whose failure nobody sees.
      eventTurnBatching: false,
    });
  } catch (error) {
    throw new StoreCorruptError(directory, (error as Error).message, error);
  }
}
