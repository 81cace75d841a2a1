import { evaluatorOf, isInScopes, type QuotaEvaluator } from '../../apis/core/v1/quota-usage.ts';
import { type Amounts, amountsOf, amountsText } from '../../apis/core/v1/resource-amounts.ts';
import type { ResourceQuota } from '../../apis/core/v1/types.ts';
import { RESOURCE_QUOTAS } from '../../apis/resource-types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { compareQuantities, formatQuantity, subtractQuantities } from '../../machinery/quantity.ts';
import { newRefusal } from '../refusal.ts';
import { QuotaLedger } from './quota-ledger.ts';

/** ResourceQuotaAdmission is the plugin, with what a controller needs to report usage. */
export interface ResourceQuotaAdmission extends Admission {
  /** usage is what a quota has used of everything that it limits, as its status shows it. */
  usage(quota: ResourceQuota, now: Date): Promise<Record<string, string>>;
}

/** ResourceQuotaDeps is what the plugin reads. */
export interface ResourceQuotaDeps {
  cache(): CacheReader;
  /** The stored resources with a namespace that the server serves at present. */
  resources(): readonly AdmissionRequest['type'][];
}

/** What a write adds to a quota; on an update, only what it adds to the object's cost before. */
function addedUsage(request: AdmissionRequest, quota: ResourceQuota, object: KubeObject): Amounts {
  const { old, context } = request;
  const evaluator = evaluatorOf(request.type);
  const usage = evaluator.usage(object, context.now);
  const added: Amounts = new Map();
  const before =
    old !== undefined && isInScopes(quota, evaluator, old)
      ? evaluator.usage(old, context.now)
      : new Map();
  for (const [name, amount] of usage) {
    const known = before.get(name);
    const rest = known === undefined ? amount : subtractQuantities(amount, known);
    if (rest.nano > 0n) added.set(name, rest);
  }
  return added;
}

function refuse(request: AdmissionRequest, text: string): never {
  throw newRefusal(request, text);
}

/** asks tells whether a quota limits anything that objects of a resource cost. */
function asks({ spec }: ResourceQuota, evaluator: QuotaEvaluator): boolean {
  return Object.keys(spec?.hard ?? {}).some((name) => evaluator.counts(name));
}

class Plugin implements ResourceQuotaAdmission {
  readonly #deps: ResourceQuotaDeps;
  readonly #ledger: QuotaLedger;

  constructor(deps: ResourceQuotaDeps) {
    this.#deps = deps;
    this.#ledger = new QuotaLedger(() => deps.cache());
  }

  validate(request: AdmissionRequest): void | Promise<void> {
    const { operation, type, namespace, object, old, subresource } = request;
    if (namespace === '' || object === undefined || request.whenDone === undefined) return;
    if (operation !== 'CREATE' && operation !== 'UPDATE') return;
    if (operation === 'CREATE' && subresource !== '') return;
    const quotas = this.#deps.cache().list(RESOURCE_QUOTAS, namespace);
    if (quotas.length === 0) return;
    const evaluator = evaluatorOf(type);
    if (!quotas.some((quota) => asks(quota, evaluator)) || !this.#isStored(type)) return;
    if (old !== undefined && !evaluator.handlesUpdate(object, old, subresource)) return;
    return this.#ledger.prepare(type, namespace).then(() => this.#charge(request, object));
  }

  /** Further versions of a resource are counted where it is stored only. */
  #isStored({ group, resource }: AdmissionRequest['type']): boolean {
    return this.#deps.resources().some((one) => one.group === group && one.resource === resource);
  }

  /** Admits and charges within one turn of the event loop. */
  #charge(request: AdmissionRequest, object: KubeObject): void {
    const { type, namespace, old, context } = request;
    const evaluator = evaluatorOf(type);
    const quotas = this.#deps.cache().list(RESOURCE_QUOTAS, namespace);
    const charged = quotas.filter((quota) => this.#admit(request, quota, { evaluator, object }));
    if (charged.length === 0 || context.dryRun) return;
    request.whenDone?.(this.#ledger.open({ type, namespace, object, old }));
  }

  /** Checks a write against one quota; answers whether it costs the quota anything. */
  #admit(
    request: AdmissionRequest,
    quota: ResourceQuota,
    what: { readonly evaluator: QuotaEvaluator; readonly object: KubeObject },
  ): boolean {
    const { evaluator, object } = what;
    const hard = amountsOf(quota.spec?.hard);
    const names = [...hard.keys()].filter((name) => evaluator.counts(name));
    if (names.length === 0 || !isInScopes(quota, evaluator, object)) return false;
    const quotaName = quota.metadata.name ?? '';
    const problem = evaluator.constraint(object, names);
    if (problem !== '') refuse(request, `failed quota: ${quotaName}: ${problem}`);
    const added = addedUsage(request, quota, object);
    const asked = names.filter((name) => added.has(name));
    if (asked.length === 0) return false;
    const used = this.#ledger.used(quota, request.type, asked, request.context.now);
    const exceeded = asked.filter((name) => isOver(name, { added, used, hard }));
    if (exceeded.length > 0) {
      const text = (amounts: Amounts) =>
        amountsText(new Map([...amounts].filter(([name]) => exceeded.includes(name))));
      refuse(
        request,
        `exceeded quota: ${quotaName}, requested: ${text(added)}, used: ${text(used)}, limited: ${text(hard)}`,
      );
    }
    return true;
  }

  async usage(quota: ResourceQuota, now: Date): Promise<Record<string, string>> {
    const names = Object.keys(quota.spec?.hard ?? {});
    const used = new Map(names.map((name) => [name, '0']));
    for (const type of this.#deps.resources()) {
      const own = names.filter((name) => evaluatorOf(type).counts(name));
      if (own.length === 0) continue;
      await this.#ledger.prepare(type, quota.metadata.namespace ?? '');
      for (const [name, amount] of this.#ledger.used(quota, type, own, now))
        used.set(name, formatQuantity(amount));
    }
    return Object.fromEntries(used);
  }
}

function isOver(
  name: string,
  { added, used, hard }: Readonly<Record<'added' | 'used' | 'hard', Amounts>>,
): boolean {
  const [more, now, limit] = [added.get(name), used.get(name), hard.get(name)];
  if (more === undefined || now === undefined || limit === undefined) return false;
  return compareQuantities({ ...now, nano: now.nano + more.nano }, limit) > 0;
}

/**
 * newResourceQuota keeps the objects of a namespace within its quotas: the ResourceQuota admission
 * plugin. It must be the last to validate. Unlike upstream it does not count in the quota's status
 * but in the objects themselves, so that it is exact however many requests come at once.
 */
export function newResourceQuota(deps: ResourceQuotaDeps): ResourceQuotaAdmission {
  return new Plugin(deps);
}
