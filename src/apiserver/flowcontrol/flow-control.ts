import {
  BOOTSTRAP_FLOW_SCHEMAS,
  BOOTSTRAP_PRIORITY_LEVELS,
} from '../../apis/flowcontrol.apiserver.k8s.io/v1/bootstrap.data.ts';
import type {
  FlowSchema,
  FlowSchemaSpec,
  PriorityLevelConfiguration,
} from '../../apis/flowcontrol.apiserver.k8s.io/v1/types.ts';
import type { RequestInfo } from '../request/request-info.ts';
import type { UserInfo } from '../resource-definition.ts';
import { distinguisherOf, matchesFlowSchema, mayMatchUser } from './flow-matching.ts';
import { type Lending, type LevelClock, PriorityLevel } from './priority-level.ts';
import type { SharedSeats } from './shared-seats.ts';

/** FlowConfiguration is what a server's requests are shared out by. */
export interface FlowConfiguration {
  readonly schemas: readonly FlowSchema[];
  readonly levels: readonly PriorityLevelConfiguration[];
}

/** FlowControlOptions: `configuration` is asked again whenever `revision` has changed. */
export interface FlowControlOptions {
  /** How many requests may run at a time in all. */
  readonly totalSeats: number;
  /** How long a request may wait for its turn. */
  readonly maxWaitMs: number;
  readonly clock: LevelClock;
  /** Present where several threads share the seats. */
  readonly seats?: SharedSeats | undefined;
  revision(): number;
  configuration(): FlowConfiguration;
}

/** Flow is what a request belongs to. */
export interface Flow {
  /** The same object for all flows of a schema, while the configuration stays. */
  readonly key: object;
  readonly schema: string;
  readonly schemaUid: string;
  readonly distinguisher: string;
  readonly level: PriorityLevel;
}

interface Matcher {
  readonly name: string;
  readonly uid: string;
  readonly spec: FlowSchemaSpec;
  readonly level: PriorityLevel;
}

const API_VERSION = 'flowcontrol.apiserver.k8s.io/v1';

/** withBootstrap adds what every cluster has, where it is missing. */
function withBootstrap({ schemas, levels }: FlowConfiguration): FlowConfiguration {
  const hasSchema = new Set(schemas.map(({ metadata }) => metadata.name));
  const hasLevel = new Set(levels.map(({ metadata }) => metadata.name));
  const isEmpty = schemas.length === 0 && levels.length === 0;
  const wanted = (name: string) => isEmpty || name === 'exempt' || name === 'catch-all';
  return {
    schemas: [
      ...schemas,
      ...Object.entries(BOOTSTRAP_FLOW_SCHEMAS)
        .filter(([name]) => wanted(name) && !hasSchema.has(name))
        .map(([name, spec]) => ({
          apiVersion: API_VERSION,
          kind: 'FlowSchema',
          metadata: { name },
          spec,
        })),
    ],
    levels: [
      ...levels,
      ...Object.entries(BOOTSTRAP_PRIORITY_LEVELS)
        .filter(([name]) => wanted(name) && !hasLevel.has(name))
        .map(([name, spec]) => ({
          apiVersion: API_VERSION,
          kind: 'PriorityLevelConfiguration',
          metadata: { name },
          spec,
        })),
    ],
  };
}

function sharesOf({ spec }: PriorityLevelConfiguration): number {
  return (spec?.limited ?? spec?.exempt)?.nominalConcurrencyShares ?? 0;
}

/** inOrder sorts flow schemas as they are tried: by precedence, then by name. */
function inOrder(a: FlowSchema, b: FlowSchema): number {
  const difference = (a.spec?.matchingPrecedence ?? 0) - (b.spec?.matchingPrecedence ?? 0);
  if (difference !== 0) return difference;
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}

/**
 * FlowControl finds out to which flow a request belongs, and holds the priority levels
 * (API priority and fairness). Levels whose configuration did not change keep their requests.
 *
 * INVARIANTS: a level's own seats are its own, but for those that it lends: others together never
 * hold more of them than that.
 */
export class FlowControl implements Lending {
  readonly #options: FlowControlOptions;
  #levels = new Map<string, PriorityLevel>();
  #matchers: readonly Matcher[] = [];
  #byUser = new WeakMap<UserInfo, readonly Matcher[]>();
  #revision = Number.NaN;

  constructor(options: FlowControlOptions) {
    this.#options = options;
  }

  /** totalSeats is how many requests may run at a time in all. */
  get totalSeats(): number {
    return this.#options.totalSeats;
  }

  get levels(): readonly PriorityLevel[] {
    this.#refresh();
    return [...this.#levels.values()];
  }

  /** flowOf answers the flow of a request: that of the first schema which matches it. */
  flowOf(user: UserInfo, info: RequestInfo): Flow | undefined {
    this.#refresh();
    for (const key of this.#matchersFor(user)) {
      const { name, uid, spec, level } = key;
      if (!matchesFlowSchema(spec, user, info)) continue;
      const distinguisher = distinguisherOf(spec, user, info);
      return { key, schema: name, schemaUid: uid, distinguisher, level };
    }
    return undefined;
  }

  /** matchersFor are those that may be about requests of a user; a token's user is one object for a while. */
  #matchersFor(user: UserInfo): readonly Matcher[] {
    let found = this.#byUser.get(user);
    if (!found) {
      found = this.#matchers.filter(({ spec }) => mayMatchUser(spec, user));
      this.#byUser.set(user, found);
    }
    return found;
  }

  mayBorrow(level: PriorityLevel, seats: number): boolean {
    const { nominalSeats } = level.settings;
    const borrowedAfter = Math.max(0, level.seatsTaken + seats - nominalSeats);
    if (borrowedAfter > level.borrowingLimit) return false;
    let available = 0;
    for (const other of this.#levels.values()) {
      if (other.isExempt) continue;
      const unused = other.settings.nominalSeats - other.seatsTaken;
      if (other === level) available -= borrowedAfter;
      else if (unused < 0) available += unused;
      else available += Math.min(unused, other.lendableSeats);
    }
    return available >= 0;
  }

  freed(): void {
    for (const level of this.#levels.values()) if (level.waiting > 0) level.dispatch();
  }

  #refresh(): void {
    const revision = this.#options.revision();
    if (revision === this.#revision) return;
    this.#revision = revision;
    this.#configure(withBootstrap(this.#options.configuration()));
  }

  #configure({ schemas, levels }: FlowConfiguration): void {
    const { totalSeats, maxWaitMs, clock } = this.#options;
    const total = levels.reduce((sum, one) => sum + sharesOf(one), 0);
    const before = this.#levels;
    this.#levels = new Map();
    for (const one of levels) {
      const { name = '', uid = '' } = one.metadata;
      if (!one.spec) continue;
      const nominalSeats = Math.ceil((totalSeats * sharesOf(one)) / Math.max(total, 1));
      const known = before.get(name);
      const isSame =
        known?.uid === uid &&
        known.settings.nominalSeats === nominalSeats &&
        known.settings.spec === one.spec;
      const elsewhere = this.#options.seats?.of(name);
      const own = { name, uid, spec: one.spec, nominalSeats };
      const settings = { ...own, maxWaitMs, clock, lending: this, elsewhere };
      this.#levels.set(name, isSame ? known : new PriorityLevel(settings));
    }
    this.#byUser = new WeakMap();
    this.#matchers = [...schemas].sort(inOrder).flatMap((one) => {
      const level = this.#levels.get(one.spec?.priorityLevelConfiguration.name ?? '');
      if (!level || !one.spec) return [];
      const { name = '', uid = '' } = one.metadata;
      return [{ name, uid, spec: one.spec, level }];
    });
  }
}
