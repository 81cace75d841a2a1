import { describe, expect, it } from 'vitest';
import { type ElementChange, ElementStore, splitChanges } from './element-store.ts';
import type { Element } from './service-plan.ts';

const element = (key: string, value?: string): Element => ({ map: 'services', key, value });

function change(store: ElementStore, owner: string, wanted: readonly Element[]) {
  const changes = new Map<string, ElementChange>();
  store.set(owner, wanted, changes);
  const { removed, added } = splitChanges(changes);
  return { removed: removed.map((one) => one.key), added: added.map((one) => one.value) };
}

describe('ElementStore', () => {
  it('adds, replaces and removes only what changed', () => {
    const store = new ElementStore();
    change(store, 'a', [element('1', 'x'), element('2', 'x')]);
    expect(change(store, 'a', [element('1', 'x'), element('2', 'y')])).toEqual({
      removed: ['2'],
      added: ['y'],
    });
    expect(change(store, 'a', [element('1', 'x')])).toEqual({ removed: ['2'], added: [] });
  });

  it('keeps an element that another service still wants', () => {
    const store = new ElementStore();
    change(store, 'a', [element('1')]);
    expect(change(store, 'b', [element('1')])).toEqual({ removed: [], added: [] });
    expect(change(store, 'a', [])).toEqual({ removed: [], added: [] });
    expect(change(store, 'b', [])).toEqual({ removed: ['1'], added: [] });
  });

  it('lets an address pass to another service before the first one let go', () => {
    const store = new ElementStore();
    change(store, 'old', [element('1', 'x')]);
    expect(change(store, 'new', [element('1', 'y')])).toEqual({ removed: ['1'], added: ['y'] });
    expect(change(store, 'old', [])).toEqual({ removed: [], added: [] });
    expect(store.all()).toEqual([element('1', 'y')]);
  });

  it('says nothing about what came and went within one batch', () => {
    const store = new ElementStore();
    const changes = new Map<string, ElementChange>();
    store.set('a', [element('1', 'x')], changes);
    store.set('a', [], changes);
    expect(splitChanges(changes)).toEqual({ removed: [], added: [] });
  });
});
