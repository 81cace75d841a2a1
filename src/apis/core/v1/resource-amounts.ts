import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  isQuantity,
  parseQuantity,
  type Quantity,
} from '../../../machinery/quantity.ts';

/** Amounts is a list of resources that is calculated with. */
export type Amounts = Map<string, Quantity>;

type ResourceList = Readonly<Record<string, string>>;

/** amountsOf reads a resource list; what is no quantity is left out. */
export function amountsOf(list: ResourceList | undefined): Amounts {
  const amounts: Amounts = new Map();
  for (const [name, text] of Object.entries(list ?? {}))
    if (isQuantity(text)) amounts.set(name, parseQuantity(text));
  return amounts;
}

/** addAmounts adds amounts to others in place. */
export function addAmounts(to: Amounts, added: Amounts): void {
  for (const [name, amount] of added) {
    const before = to.get(name);
    to.set(name, before === undefined ? amount : addQuantities(before, amount));
  }
}

/** raiseAmounts raises amounts in place to those of another list where they are less. */
export function raiseAmounts(to: Amounts, least: Amounts): void {
  for (const [name, amount] of least) {
    const before = to.get(name);
    if (before === undefined || compareQuantities(amount, before) > 0) to.set(name, amount);
  }
}

/** amountsText prints amounts as errors about quotas do: `cpu=1,pods=2`, sorted. */
export function amountsText(amounts: Amounts): string {
  return [...amounts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, amount]) => `${name}=${formatQuantity(amount)}`)
    .join(',');
}
