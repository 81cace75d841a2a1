import { type BackendProfile, DEFAULT_PROFILE, sameProfile } from './profile.ts';
import type { PlannedRoute } from './route-plan.ts';
import type { WeightedServer } from './weights.ts';

/**
 * Backend is one backend section of HAProxy. Backends and their server slots cannot be made while
 * HAProxy runs, only filled; so there are spare ones.
 */
export interface Backend {
  readonly name: string;
  readonly profile: BackendProfile;
  /** The entry that it serves; absent for a spare one. */
  readonly owner: string | undefined;
  /** One element per slot. */
  readonly slots: readonly (WeightedServer | undefined)[];
}

/** Layout is all backends. Names are never used twice. */
export interface Layout {
  readonly backends: readonly Backend[];
  readonly nextNumber: number;
}

/** LayoutChange is a layout, and whether HAProxy must be reloaded to have it. */
export interface LayoutChange {
  readonly layout: Layout;
  readonly grown: boolean;
}

/** EMPTY_LAYOUT is that of a HAProxy that never ran. */
export const EMPTY_LAYOUT: Layout = { backends: [], nextNumber: 1 };

const SMALLEST_SIZE = 8;
/** When fewer small backends than this are spare, a reload makes new ones before they run out. */
const FEWEST_SPARES = 4;
const MOST_SPARES = 32;

/** assignBackends gives every planned route a backend, of those present where one fits. */
export function assignBackends(before: Layout, routes: readonly PlannedRoute[]): LayoutChange {
  const planned = new Map(routes.map((route) => [route.entry, route]));
  const kept = before.backends.map((backend) => keptOrSpare(backend, planned));
  // Requests for the old owner may still be on their way to a backend that was just released.
  const released = kept.filter((one, index) => {
    return one.owner === undefined && before.backends[index]?.owner !== undefined;
  });
  const resting = new Set(released.map((one) => one.name));
  const builder = new LayoutBuilder(kept, { nextNumber: before.nextNumber, resting });
  for (const route of planned.values()) builder.place(route);
  builder.replenish();
  return builder.result();
}

function keptOrSpare(backend: Backend, planned: ReadonlyMap<string, PlannedRoute>): Backend {
  const route = backend.owner === undefined ? undefined : planned.get(backend.owner);
  if (route === undefined || !fits(backend, route)) return emptied(backend);
  return { ...backend, slots: fillSlots(backend.slots, route.servers) };
}

function emptied(backend: Backend): Backend {
  return { ...backend, owner: undefined, slots: backend.slots.map(() => undefined) };
}

function fits(backend: Backend, route: PlannedRoute): boolean {
  return (
    sameProfile(backend.profile, route.profile) && backend.slots.length >= route.servers.length
  );
}

/** fillSlots leaves servers that stay in their slots and puts new ones into free slots. */
export function fillSlots(
  before: readonly (WeightedServer | undefined)[],
  servers: readonly WeightedServer[],
): readonly (WeightedServer | undefined)[] {
  const left = new Map(servers.map((one) => [one.address, one]));
  const slots = before.map((slot) => {
    const same = slot === undefined ? undefined : left.get(slot.address);
    if (same !== undefined) left.delete(same.address);
    return same;
  });
  const fresh = [...left.values()];
  return slots.map((slot) => slot ?? fresh.shift());
}

class LayoutBuilder {
  readonly #backends: Backend[];
  readonly #owned: Set<string>;
  readonly #resting: ReadonlySet<string>;
  #nextNumber: number;
  #grown = false;

  constructor(
    backends: readonly Backend[],
    { nextNumber, resting }: { readonly nextNumber: number; readonly resting: ReadonlySet<string> },
  ) {
    this.#backends = [...backends];
    this.#nextNumber = nextNumber;
    this.#resting = resting;
    this.#owned = new Set(backends.flatMap((one) => one.owner ?? []));
  }

  place(route: PlannedRoute): void {
    if (this.#owned.has(route.entry)) return;
    const spare = this.#smallestSpare(route);
    const index = spare ?? this.#add(route.profile, sizeFor(route.servers.length));
    const backend = this.#backends[index];
    if (backend === undefined) return;
    const slots = fillSlots(backend.slots, route.servers);
    this.#backends[index] = { ...backend, owner: route.entry, slots };
  }

  replenish(): void {
    const spares = this.#backends.filter((one) => isSmallSpare(one)).length;
    if (!this.#grown && spares >= FEWEST_SPARES) return;
    for (let made = spares; made < MOST_SPARES; made++) this.#add(DEFAULT_PROFILE, SMALLEST_SIZE);
  }

  result(): LayoutChange {
    const layout = { backends: this.#backends, nextNumber: this.#nextNumber };
    return { layout, grown: this.#grown };
  }

  #smallestSpare(route: PlannedRoute): number | undefined {
    let best: number | undefined;
    this.#backends.forEach((backend, index) => {
      if (backend.owner !== undefined || this.#resting.has(backend.name)) return;
      if (!fits(backend, route)) return;
      const size = best === undefined ? undefined : this.#backends[best]?.slots.length;
      if (size === undefined || backend.slots.length < size) best = index;
    });
    return best;
  }

  #add(profile: BackendProfile, size: number): number {
    const slots = new Array<undefined>(size).fill(undefined);
    this.#backends.push({ name: `b${this.#nextNumber++}`, profile, owner: undefined, slots });
    this.#grown = true;
    return this.#backends.length - 1;
  }
}

function isSmallSpare({ owner, profile, slots }: Backend): boolean {
  const small = slots.length === SMALLEST_SIZE;
  return owner === undefined && small && sameProfile(profile, DEFAULT_PROFILE);
}

/** Room to grow by half before another reload. */
function sizeFor(servers: number): number {
  let size = SMALLEST_SIZE;
  while (size < servers * 1.5) size *= 2;
  return size;
}
