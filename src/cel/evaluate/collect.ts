import { EntryMap } from '../values/collections.ts';
import { noOverload } from '../values/errors.ts';
import { CelMap, GrowingList } from '../values/value.ts';
import type { Step } from './frame.ts';

/** LIST_COST is what making a list costs. */
export const LIST_COST = 10;

/** appendStep adds one element to the list that a macro collects in a slot. */
export function appendStep(slot: number, element: Step, constant: boolean): Step {
  const cost = constant ? 2 : LIST_COST + 2;
  return (frame) => {
    const list = frame.local(slot);
    const item = element(frame);
    frame.charge(cost);
    if (list instanceof GrowingList) {
      list.push(item);
      return list;
    }
    throw noOverload();
  };
}

/** insertStep adds one entry, or all of another map, to the map that a macro collects in a slot. */
export function insertStep(slot: number, key: Step, value: Step | undefined): Step {
  return (frame) => {
    const map = frame.local(slot);
    const [first, second] = [key(frame), value?.(frame)];
    frame.charge(2);
    if (!(map instanceof EntryMap)) throw noOverload();
    if (second !== undefined) map.insert(first, second);
    else if (first instanceof CelMap)
      for (const one of first.keys()) map.insert(one, first.find(one) ?? null);
    else throw noOverload();
    return map;
  };
}
