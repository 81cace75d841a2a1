import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Mapping } from './mapping.ts';

const MAX_AGE_MS = 6 * 3_600_000;

/** DiscoveryCache keeps the resources of one server in a file; a broken file counts as none. */
export interface DiscoveryCache {
  /** Answers nothing when there is no cache or it is older than six hours, as kubectl's. */
  read(now: Date): Mapping[] | undefined;
  /** Failures are ignored: a cache is a convenience. */
  write(mappings: readonly Mapping[]): void;
}

/** newDiscoveryCache names the file after the server's host and port, below `cacheDir`. */
export function newDiscoveryCache(cacheDir: string, server: string): DiscoveryCache {
  const host = server.replace(/^\w+:\/\//, '').replace(/[^A-Za-z0-9._-]/g, '_');
  const file = join(cacheDir, 'sampan', host, 'resources.json');
  return {
    read(now) {
      try {
        if (now.getTime() - statSync(file).mtimeMs > MAX_AGE_MS) return undefined;
        const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
        return Array.isArray(parsed) ? (parsed as Mapping[]) : undefined;
      } catch {
        return undefined;
      }
    },
    write(mappings) {
      try {
        mkdirSync(dirname(file), { recursive: true });
        const draft = `${file}.${process.pid}`;
        writeFileSync(draft, JSON.stringify(mappings));
        renameSync(draft, file);
      } catch {
        // A directory that cannot be written costs the next call one request, nothing else.
      }
    },
  };
}
