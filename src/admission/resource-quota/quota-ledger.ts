import type { ScopeFacts } from '../../apis/core/v1/quota-scopes.ts';
import {
  evaluatorOf,
  isInScopes,
  meetsScopes,
  type QuotaEvaluator,
} from '../../apis/core/v1/quota-usage.ts';
import { type Amounts, addAmounts, amountsOf } from '../../apis/core/v1/resource-amounts.ts';
import type { ResourceQuota } from '../../apis/core/v1/types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';

/** Charge is a write that was admitted and is not done yet. */
export interface Charge {
  readonly type: ResourceType;
  readonly namespace: string;
  readonly object: KubeObject;
  /** The object that it replaces. */
  readonly old: KubeObject | undefined;
}

/** Keeps the amounts of some names only. */
function masked(amounts: Amounts, names: readonly string[]): Amounts {
  return new Map([...amounts].filter(([name]) => names.includes(name)));
}

/** Price is what an object costs and which quotas it costs that; equal ones are the same. */
interface Price {
  /** Absent where it depends on the time. */
  readonly amounts: Amounts | undefined;
  readonly scopes: ScopeFacts;
}

/** Cost is what is remembered of an object. */
interface Cost {
  readonly uid: string;
  readonly name: string;
  readonly price: Price;
}

/** MAX_PRICES is how many prices are the same for all objects that have them. */
const MAX_PRICES = 4096;

/** Prices makes equal prices the same. */
class Prices {
  readonly #known = new Map<string, Price>();

  same(price: Price): Price {
    const { amounts, scopes } = price;
    const costs =
      amounts && [...amounts].map(([name, one]) => [name, String(one.nano), one.format]);
    const key = JSON.stringify([costs, scopes]);
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= MAX_PRICES) this.#known.clear();
    this.#known.set(key, price);
    return price;
  }
}

/** times is what so many objects cost that all cost the same. */
function times(amounts: Amounts, count: number): Amounts {
  const multiplied = [...amounts].map(
    ([name, one]) => [name, { ...one, nano: one.nano * BigInt(count) }] as const,
  );
  return new Map(multiplied);
}

function lineOf(type: ResourceType, namespace: string): string {
  return `${type.group}/${type.resource}/${namespace}`;
}

/**
 * QuotaLedger says what the objects of a namespace cost: those that the cache shows and those that
 * are on their way to the store. It reads both in one turn of the event loop, so that of many
 * requests at once each sees all that were admitted before it.
 *
 * INVARIANTS: a charge is open exactly from its admission to the end of its write. A write is
 * visible in the cache before its charge is closed; from then on the cache alone counts.
 */
export class QuotaLedger {
  readonly #cache: () => CacheReader;
  readonly #open = new Map<string, Set<Charge>>();
  readonly #costs = new Map<string, (object: KubeObject) => Cost>();
  readonly #prices = new Prices();

  constructor(cache: () => CacheReader) {
    this.#cache = cache;
  }

  /** open charges a write; the answer ends that. */
  open(charge: Charge): () => void {
    const line = lineOf(charge.type, charge.namespace);
    const charges = this.#open.get(line) ?? new Set();
    this.#open.set(line, charges.add(charge));
    return () => {
      charges.delete(charge);
      if (charges.size === 0) this.#open.delete(line);
    };
  }

  /** prepare does the work of the next `used` in steps, where that is much. */
  prepare(type: ResourceType, namespace: string): Promise<void> {
    return this.#cache().prepareDerived(type, namespace, this.#costOf(type));
  }

  /** used is what the objects of one resource cost a quota, of the names that are asked for. */
  used(quota: ResourceQuota, type: ResourceType, names: readonly string[], now: Date): Amounts {
    const namespace = quota.metadata.namespace ?? '';
    const evaluator = evaluatorOf(type);
    const total: Amounts = new Map(amountsOf(Object.fromEntries(names.map((one) => [one, '0']))));
    const count = (object: KubeObject) => {
      if (isInScopes(quota, evaluator, object))
        addAmounts(total, masked(evaluator.usage(object, now), names));
    };
    const charges = [...(this.#open.get(lineOf(type, namespace)) ?? [])].filter(
      (one) => !this.#isVisible(one),
    );
    const replaced = new Set(charges.map(({ old }) => old?.metadata.uid ?? ''));
    const isReplaced = (uid: string) => charges.length > 0 && replaced.has(uid);
    const counts = new Map<Price, number>();
    for (const { uid, name, price } of this.#costsIn(type, namespace)) {
      if (isReplaced(uid)) continue;
      if (price.amounts) counts.set(price, (counts.get(price) ?? 0) + 1);
      else this.#countLeaving({ type, namespace, name }, count);
    }
    for (const [{ amounts, scopes }, many] of counts) {
      if (!amounts || !meetsScopes(quota, () => scopes)) continue;
      addAmounts(total, times(masked(amounts, names), many));
    }
    for (const charge of charges) this.#countCharge(charge, { quota, evaluator, now }, count);
    return total;
  }

  #countLeaving(
    { type, namespace, name }: Pick<Charge, 'type' | 'namespace'> & { readonly name: string },
    count: (object: KubeObject) => void,
  ): void {
    const object = this.#cache().get(type, namespace, name);
    if (object) count(object);
  }

  #costsIn(type: ResourceType, namespace: string): readonly Cost[] {
    return this.#cache().derived(type, namespace, this.#costOf(type));
  }

  #costOf(type: ResourceType): (object: KubeObject) => Cost {
    const key = `${type.group}/${type.resource}`;
    const known = this.#costs.get(key);
    if (known) return known;
    const evaluator = evaluatorOf(type);
    const costOf = (object: KubeObject): Cost => {
      const { uid = '', name = '', deletionTimestamp } = object.metadata;
      const isLeaving = deletionTimestamp !== undefined;
      const amounts = isLeaving ? undefined : evaluator.usage(object, new Date(0));
      return { uid, name, price: this.#prices.same({ amounts, scopes: evaluator.scopes(object) }) };
    };
    this.#costs.set(key, costOf);
    return costOf;
  }

  /** A write that replaces an object costs at least what the object cost until it is done. */
  #countCharge(
    { object, old }: Charge,
    rule: { readonly quota: ResourceQuota; readonly evaluator: QuotaEvaluator; readonly now: Date },
    count: (object: KubeObject) => void,
  ): void {
    if (old === undefined) {
      count(object);
      return;
    }
    const cost = (one: KubeObject) =>
      isInScopes(rule.quota, rule.evaluator, one)
        ? sizeOf(rule.evaluator.usage(one, rule.now))
        : 0n;
    count(cost(object) >= cost(old) ? object : old);
  }

  #isVisible({ type, namespace, object, old }: Charge): boolean {
    const seen = this.#cache().get(type, namespace, object.metadata.name ?? '');
    if (seen === undefined) return false;
    return old === undefined
      ? seen.metadata.uid === object.metadata.uid
      : seen.metadata.resourceVersion !== old.metadata.resourceVersion;
  }
}

function sizeOf(amounts: Amounts): bigint {
  return [...amounts.values()].reduce((sum, { nano }) => sum + nano, 0n);
}
