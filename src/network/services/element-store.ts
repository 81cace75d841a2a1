import { type Element, elementId } from './service-plan.ts';

interface Held {
  element: Element;
  readonly owners: Set<string>;
}

/** ElementChanges are what must be deleted from and then added to the kernel. */
export interface ElementChanges {
  readonly removed: readonly Element[];
  readonly added: readonly Element[];
}

/**
 * ElementStore is what the kernel's maps hold, by the Services that want it.
 *
 * INVARIANTS: an element stays while one Service wants it (pods behind several Services share
 * elements, and an address may pass from one Service to another); the last one to want a key
 * decides its value.
 */
export class ElementStore {
  readonly #held = new Map<string, Held>();
  readonly #byOwner = new Map<string, ReadonlySet<string>>();

  /** set replaces what one Service wants and adds the consequences to `changes`. */
  set(owner: string, wanted: readonly Element[], changes: Map<string, ElementChange>): void {
    const ids = new Set(wanted.map(elementId));
    for (const id of this.#byOwner.get(owner) ?? []) {
      if (!ids.has(id)) this.#disown(owner, id, changes);
    }
    for (const element of wanted) this.#own(owner, element, changes);
    if (ids.size === 0) this.#byOwner.delete(owner);
    else this.#byOwner.set(owner, ids);
  }

  /** all are the elements that the kernel must hold. */
  all(): readonly Element[] {
    return [...this.#held.values()].map((one) => one.element);
  }

  /** clear forgets everything. */
  clear(): void {
    this.#held.clear();
    this.#byOwner.clear();
  }

  #own(owner: string, element: Element, changes: Map<string, ElementChange>): void {
    const id = elementId(element);
    const held = this.#held.get(id);
    if (held === undefined) {
      this.#held.set(id, { element, owners: new Set([owner]) });
      note(changes, id, undefined, element);
      return;
    }
    held.owners.add(owner);
    if (held.element.value === element.value) return;
    note(changes, id, held.element, element);
    held.element = element;
  }

  #disown(owner: string, id: string, changes: Map<string, ElementChange>): void {
    const held = this.#held.get(id);
    held?.owners.delete(owner);
    if (held === undefined || held.owners.size > 0) return;
    this.#held.delete(id);
    note(changes, id, held.element, undefined);
  }
}

/** ElementChange is how one element differs from what the kernel had before a batch. */
export interface ElementChange {
  readonly before: Element | undefined;
  readonly after: Element | undefined;
}

function note(
  changes: Map<string, ElementChange>,
  id: string,
  before: Element | undefined,
  after: Element | undefined,
): void {
  const first = changes.get(id);
  changes.set(id, { before: first === undefined ? before : first.before, after });
}

/** splitChanges turns the changes of a batch into what to delete and what to add. */
export function splitChanges(changes: ReadonlyMap<string, ElementChange>): ElementChanges {
  const removed: Element[] = [];
  const added: Element[] = [];
  for (const { before, after } of changes.values()) {
    if (before !== undefined && after !== undefined && before.value === after.value) continue;
    if (before !== undefined) removed.push(before);
    if (after !== undefined) added.push(after);
  }
  return { removed, added };
}
