import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Logger } from '../controller-kit/controller.ts';
import { type ConfigFacts, haproxyConfig } from './haproxy/config.ts';
import { firstFreePort } from './haproxy/free-port.ts';
import { HaproxyProcess } from './haproxy/haproxy-process.ts';
import { readInfo, readRunningState } from './haproxy/running-state.ts';
import { execute } from './haproxy/runtime-socket.ts';
import {
  restoredLayout,
  type SavedLayout,
  StateFiles,
  savedBackends,
} from './haproxy/state-files.ts';
import { assignBackends, EMPTY_LAYOUT, type Layout } from './plan/layout.ts';
import { type MapName, routeMaps, usedMaps } from './plan/maps.ts';
import type { PlannedRoute } from './plan/route-plan.ts';
import { type RunningState, runtimeCommands } from './plan/runtime-commands.ts';
import type { Ports } from './router-options.ts';

/** DataPlaneOptions are the parts of RouterOptions that HAProxy needs, with defaults filled in. */
export interface DataPlaneOptions {
  readonly dir: string;
  readonly log: Logger;
  readonly hosts: readonly string[];
  readonly httpPorts: readonly number[];
  readonly httpsPorts: readonly number[];
  readonly certificatePem: string | undefined;
  readonly haproxy: string;
}

interface Serving {
  readonly saved: SavedLayout;
  readonly state: RunningState;
}

/**
 * DataPlane brings a HAProxy to serve what is planned.
 *
 * INVARIANTS: one change at a time; what is known to be served is what HAProxy confirmed, and
 * unknown (undefined) after any failure, so that the next change writes everything anew; the files
 * are never behind the process by more than the changes that went through its socket.
 */
export class DataPlane {
  readonly #options: DataPlaneOptions;
  readonly #files: StateFiles;
  readonly #process: HaproxyProcess;
  #serving: Serving | undefined;
  #ports: Ports | undefined;
  #planned: readonly PlannedRoute[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: DataPlaneOptions) {
    this.#options = options;
    this.#files = new StateFiles(options.dir);
    this.#process = new HaproxyProcess(options.haproxy, this.#files);
  }

  /** ports are where HAProxy listens; undefined before start. */
  get ports(): Ports | undefined {
    return this.#ports;
  }

  /** start adopts the HAProxy of an earlier process, or starts one that serves nothing yet. */
  start(): Promise<void> {
    return this.#exclusively(async () => {
      await this.#files.prepare(this.#options.certificatePem);
      this.#serving = await this.#adopt();
      if (this.#serving === undefined) await this.#launch();
      this.#ports = this.#serving?.saved.ports;
    });
  }

  /** apply makes HAProxy serve these routes and nothing else. */
  apply(routes: readonly PlannedRoute[]): Promise<void> {
    return this.#exclusively(async () => {
      this.#planned = routes;
      await this.#bringUp();
    });
  }

  /** ensure starts HAProxy again if it is gone. */
  ensure(): Promise<void> {
    return this.#exclusively(async () => {
      const info = await readInfo(this.#files.statsSocket);
      if (info !== undefined && info.id === this.#serving?.saved.id) return;
      this.#options.log.warn({}, 'HAProxy is gone: starting it again');
      this.#serving = undefined;
      await this.#bringUp();
    });
  }

  /** shutDown ends HAProxy. */
  shutDown(): Promise<void> {
    return this.#exclusively(async () => {
      this.#serving = undefined;
      await this.#process.stop();
    });
  }

  /** purge ends HAProxy and removes its directory. */
  async purge(): Promise<void> {
    await this.shutDown();
    await this.#files.removeAll();
  }

  async #bringUp(): Promise<void> {
    const serving = this.#serving;
    if (serving === undefined) return this.#launch();
    const { layout, grown } = assignBackends(serving.state.layout, this.#planned);
    const after = { layout, maps: routeMaps(this.#planned, layout) };
    this.#serving = undefined;
    if (grown) {
      this.#serving = await this.#reload(serving.saved, after);
      return;
    }
    this.#serving = await this.#say(serving, after);
  }

  async #say({ saved, state }: Serving, after: RunningState): Promise<Serving> {
    const commands = runtimeCommands(state, after, this.#maps(saved.ports));
    try {
      await execute(this.#files.statsSocket, commands);
      return { saved, state: after };
    } catch (error) {
      this.#options.log.warn({ error }, 'HAProxy differs from what it should be: reloading it');
      return this.#reload(saved, after);
    }
  }

  async #launch(): Promise<void> {
    await this.#process.stop();
    const { hosts, httpPorts, httpsPorts, certificatePem } = this.#options;
    const before = await this.#files.loadLayout();
    const { layout } = assignBackends(EMPTY_LAYOUT, this.#planned);
    const state = { layout, maps: routeMaps(this.#planned, layout) };
    const preferred = before?.ports;
    const http = await firstFreePort(hosts, preferring(preferred?.http, httpPorts));
    const https =
      certificatePem === undefined
        ? undefined
        : await firstFreePort(hosts, preferring(preferred?.https, httpsPorts));
    const cookieKey = before?.cookieKey ?? randomBytes(16).toString('hex');
    const saved = await this.#write(state, { ports: { http, https }, cookieKey });
    await this.#process.check();
    await this.#process.launch();
    await this.#process.untilServing(saved.id);
    this.#serving = { saved, state };
  }

  async #reload(saved: SavedLayout, state: RunningState): Promise<Serving> {
    const next = await this.#write(state, saved);
    await this.#process.reload(next.id);
    return { saved: next, state };
  }

  async #adopt(): Promise<Serving | undefined> {
    const saved = await this.#files.loadLayout();
    const info = await readInfo(this.#files.statsSocket);
    if (saved === undefined || info?.id !== saved.id) return undefined;
    if ((await this.#process.masterPid()) === undefined) return undefined;
    const layout = restoredLayout(saved);
    const maps = this.#maps(saved.ports);
    const state = await readRunningState(this.#files.statsSocket, layout, maps);
    const digest = await this.#digest(saved);
    if (digest === saved.configDigest) return { saved, state };
    return this.#reload(saved, state);
  }

  async #write(
    state: RunningState,
    { ports, cookieKey }: Pick<SavedLayout, 'ports' | 'cookieKey'>,
  ): Promise<SavedLayout> {
    const id = `sampan-${randomBytes(6).toString('hex')}`;
    const { nextNumber } = state.layout;
    const configDigest = await this.#digest({ ports, cookieKey });
    const backends = savedBackends(state.layout);
    const saved = { id, ports, cookieKey, configDigest, nextNumber, backends };
    const facts = await this.#facts(saved);
    await this.#files.writeMaps(state.maps);
    await this.#files.writeConfig(haproxyConfig(state.layout, facts));
    await this.#files.saveLayout(saved);
    return saved;
  }

  async #digest(saved: Pick<SavedLayout, 'ports' | 'cookieKey'>): Promise<string> {
    const sample: Layout = assignBackends(EMPTY_LAYOUT, []).layout;
    const facts = await this.#facts({ ...saved, id: 'any' });
    const { certificatePem = '' } = this.#options;
    const text = haproxyConfig(sample, facts) + certificatePem;
    return createHash('sha256').update(text).digest('hex');
  }

  async #facts(saved: Pick<SavedLayout, 'id' | 'ports' | 'cookieKey'>): Promise<ConfigFacts> {
    const { statsSocket, errorPage, certificate } = this.#files;
    return {
      ...saved,
      hosts: this.#options.hosts,
      account: await haproxyAccount(),
      statsSocket,
      errorPage,
      certificate,
      mapPath: (name) => this.#files.mapPath(name),
    };
  }

  #maps(ports: Ports): ReadonlyMap<MapName, string> {
    return new Map(usedMaps(ports).map((name) => [name, this.#files.mapPath(name)]));
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

function preferring(first: number | undefined, ports: readonly number[]): readonly number[] {
  return first !== undefined && ports.includes(first) ? [first, ...ports] : ports;
}

/** haproxyAccount is Debian's account for HAProxy's workers, where there is one. */
async function haproxyAccount(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = await readFile('/etc/passwd', 'utf8');
  return /^haproxy:/m.test(accounts) ? 'haproxy' : undefined;
}
