import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layout } from '../plan/layout.ts';
import { MAP_NAMES, type MapName, type RouteMaps } from '../plan/maps.ts';
import type { BackendProfile } from '../plan/profile.ts';
import type { Ports } from '../router-options.ts';
import { UNAVAILABLE_PAGE } from './error-page.ts';

/** SavedLayout is what a later process must know to adopt a running HAProxy. */
export interface SavedLayout {
  readonly id: string;
  readonly ports: Ports;
  readonly cookieKey: string;
  /** Of all but the backends: another one means that HAProxy must be reloaded. */
  readonly configDigest: string;
  readonly nextNumber: number;
  readonly backends: readonly {
    readonly name: string;
    readonly profile: BackendProfile;
    readonly size: number;
  }[];
}

/** StateFiles are the files in a router's directory. Writes are atomic. */
export class StateFiles {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  get config(): string {
    return join(this.dir, 'haproxy.cfg');
  }

  get pid(): string {
    return join(this.dir, 'haproxy.pid');
  }

  get statsSocket(): string {
    return join(this.dir, 'admin.sock');
  }

  get errorPage(): string {
    return join(this.dir, '503.http');
  }

  get certificate(): string {
    return join(this.dir, 'default.pem');
  }

  mapPath(name: MapName): string {
    return join(this.dir, `${name}.map`);
  }

  /** prepare makes the directory and what never changes. */
  async prepare(certificatePem: string | undefined): Promise<void> {
    await mkdir(this.dir, { recursive: true, mode: 0o700 });
    await writeFile(this.errorPage, UNAVAILABLE_PAGE);
    if (certificatePem !== undefined) {
      await writeFile(this.certificate, certificatePem, { mode: 0o600 });
    }
  }

  /** writeMaps writes all maps as HAProxy reads them. */
  async writeMaps(maps: RouteMaps): Promise<void> {
    for (const name of MAP_NAMES) {
      const lines = [...maps[name]].map(([entry, backend]) => `${entry} ${backend}\n`);
      await replaceFile(this.mapPath(name), lines.join(''));
    }
  }

  writeConfig(text: string): Promise<void> {
    return replaceFile(this.config, text);
  }

  saveLayout(saved: SavedLayout): Promise<void> {
    return replaceFile(this.#layout, `${JSON.stringify(saved)}\n`);
  }

  /** loadLayout reads what saveLayout wrote; undefined when there is none, or none that is whole. */
  async loadLayout(): Promise<SavedLayout | undefined> {
    try {
      const saved = JSON.parse(await readFile(this.#layout, 'utf8')) as SavedLayout;
      return Array.isArray(saved.backends) ? saved : undefined;
    } catch {
      return undefined;
    }
  }

  removeAll(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true });
  }

  get #layout(): string {
    return join(this.dir, 'layout.json');
  }
}

/** savedBackends is the part of a layout that HAProxy cannot tell by itself. */
export function savedBackends(layout: Layout): SavedLayout['backends'] {
  return layout.backends.map(({ name, profile, slots }) => ({ name, profile, size: slots.length }));
}

/** restoredLayout is the layout of saved backends, all of them spare. */
export function restoredLayout({ backends, nextNumber }: SavedLayout): Layout {
  return {
    nextNumber,
    backends: backends.map(({ name, profile, size }) => {
      const slots = new Array<undefined>(size).fill(undefined);
      return { name, profile, owner: undefined, slots };
    }),
  };
}

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}
